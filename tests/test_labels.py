"""The labels of benchmarks/labels.tsv: enough of them, and every slug is one."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from indexer.topics import TOPICS
from indexer.wards import Gazetteer

PATH = Path(__file__).parents[1] / "benchmarks" / "labels.tsv"


def rows() -> list[dict[str, str]]:
    lines = PATH.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader((line for line in lines if line[0] != "#"), delimiter="\t"))


def test_there_are_enough() -> None:
    ours = [row["id"].startswith("sample:") for row in rows()]
    assert len({row["id"] for row in rows()}) == len(ours) >= 205
    assert ours.count(False) >= 140
    named = [row for row in rows() if row["wards"] != "-" and not row["id"].startswith("sample:")]
    assert len(named) >= 80


def test_every_slug_is_known(gazetteer: Gazetteer) -> None:
    for row in rows():
        wards, topics = (row[name].split() for name in ("wards", "topics"))
        assert wards == ["-"] or all(gazetteer.unit(slug) for slug in wards)
        assert topics == ["-"] or (set(topics) <= set(TOPICS) and len(topics) <= 3)
        assert re.fullmatch(r"-|\d{4}-\d\d/\d{4}-\d\d", row["period"])
