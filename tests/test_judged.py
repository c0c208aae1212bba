"""The queries of benchmarks/judged.tsv: enough of each kind, each once, every sample there."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from tests.portals.sites import load_sites

PATH = Path(__file__).parents[1] / "benchmarks" / "judged.tsv"
KINDS = {"accented", "bare", "abbreviation", "former ward", "number", "phrase", "tone placement"}


def rows() -> list[dict[str, str]]:
    lines = [line for line in PATH.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_there_are_enough() -> None:
    assert len({row["query"] for row in rows()}) == len(rows()) >= 120
    kinds = Counter(row["kind"] for row in rows())
    assert set(kinds) == KINDS
    assert min(kinds.values()) >= 10


def test_every_sample_is_one() -> None:
    samples = {
        f"sample:{site.id}/{article.id}" for site in load_sites() for article in site.articles
    }
    for row in rows():
        ids = row["ids"].split()
        assert ids
        assert all(id in samples or id.startswith("hanoi:") for id in ids)
        assert len({id.split(":")[0] for id in ids}) == 1, "one query, one corpus"
