"""Malicious documents (row 45 of the faults): each within its time and memory, with a reason."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile_pages import DOCUMENTS, MEMORY, SECONDS

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[str, str]]:
    """What became of each document, in a child of its own with limits on memory and time."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile_pages"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS * len(DOCUMENTS),
        check=True,
    )
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return {name: (status, said) for name, status, said in rows}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_does_no_harm(name: str, answers: dict[str, tuple[str, str]]) -> None:
    status, outcome = answers[name]
    assert status == "0", outcome
    assert outcome
    assert "failed" not in outcome


def test_the_limits_are_those_asked_for() -> None:
    assert (SECONDS, MEMORY) == (5, 300 * 2**20)
    assert len(DOCUMENTS) >= 20


def test_what_is_too_much_says_so(answers: dict[str, tuple[str, str]]) -> None:
    assert answers["empty"][1] == "empty page"
    assert answers["a hundred thousand paragraphs"][1] == "too many elements"
    assert answers["nine megabytes in one line"][1] == "too much text"
    assert answers["as many elements as are read"][1] == "article"


def test_the_limits_bite() -> None:
    """A document that costs too much is seen to: without limits on marks it would take minutes."""
    program = (
        "import tests.hostile_pages as pages; pages.SECONDS = 1;"
        "pages.DOCUMENTS = {'x': lambda: b'x' * 400 * 2**20, 'y': lambda: [*iter(int, 1)]};"
        "print([pages.cost_of(name)[0] != 0 for name in 'xy'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[True, True]"
