"""Slips: what keys of Telex and VNI would have become, and that every syllable comes back."""

from __future__ import annotations

import pytest

from indexer.normalize import key
from indexer.slips import LETTERS, edited, keyboard, swapped, telex, vni

SYLLABLES = (
    *("ngân", "sách", "phường", "người", "đường", "nghiêm", "khuyến", "quyết", "giả", "quỹ"),
    *("hòa", "thủy", "khỏe", "mưa", "của", "xã", "ủy", "đặc", "trưởng", "oánh", "thu", "y"),
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ngaan", "ngân"),
        ("ngana", "ngân"),  # the second a behind the end
        ("sachs", "sách"),
        ("sacsh", "sách"),  # the tone before the end
        ("dduwowngf", "đường"),
        ("duowngdf", "đường"),
        ("nguoiwf", "người"),
        ("muaw", "mưa"),
        ("quanr", "quản"),
        ("giaf", "già"),
        ("tw", "tư"),
        ("hoaf", "hòa"),
        ("thuyr", "thủy"),
        ("sachsz", "sach"),  # z takes the tone back
        ("srt", "srt"),  # without a vowel there is no tone
        ("", ""),
    ],
)
def test_telex(typed: str, meant: str) -> None:
    assert telex(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nga6n", "ngân"),
        ("ngan6", "ngân"),
        ("sa1ch", "sách"),
        ("d9u7o7ng2", "đường"),
        ("d9uong72", "đường"),
        ("ba8t1", "bắt"),
        ("81m", "81m"),  # a number is no word
        ("2026", "2026"),
        ("k1", "k1"),
        ("", ""),
    ],
)
def test_vni(typed: str, meant: str) -> None:
    assert vni(typed) == meant


@pytest.mark.parametrize("syllable", SYLLABLES)
def test_one_edit_leads_back(syllable: str) -> None:
    """Whatever one letter more, less or other, or two swapped, makes of a syllable."""
    others = (syllable[1:], f"{syllable}n", f"x{syllable[1:]}")
    assert all(syllable in set(edited(other, LETTERS)) for other in others)
    assert all(syllable in set(swapped(other)) for other in swapped(syllable))


def test_a_syllable_is_no_slip_of_itself() -> None:
    assert not keyboard("thu")
    assert keyboard("ngaan") == {"ngân"}
    assert keyboard("kyx") == {key("kỹ")}
