"""How often the right query is offered for one with a slip, and one for a query without any.

    python benchmarks/suggestions.py [--quick] [--json]

Needs TINPHUONG_DATA. Queries are two to five syllables of titles of news-50k, drawn by a fixed seed
from articles that are all indexed; slips are made in them by rule, none left out. Of every set the
first half was looked at while the costs in indexer/spelling.py were chosen, the second was set
aside: what is asked is asked of the second. Times are those of the processor.
"""

from __future__ import annotations

import random
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from corpus import indexed, news
from table import Row, at_least, at_most, data_folder, figure, run

from indexer.normalize import TONES, fold, keys, normalize
from indexer.query import Query
from indexer.search import Searcher
from indexer.segment import words
from indexer.suggest import Suggester

ARTICLES, QUICK_ARTICLES = 50_000, 2_000
SLIPS, RIGHT = 200, 500
SEED = 20_261_121

TELEX_TONES = dict(zip(TONES, ("", "f", "s", "r", "x", "j"), strict=True))
VNI_TONES = dict(zip(TONES, "021345", strict=True))
TELEX = {"â": "aa", "ă": "aw", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
VNI = {"â": "a6", "ă": "a8", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7", "đ": "d9"}

Slip = Callable[[str, random.Random], str]


def measure(quick: bool) -> Iterator[Row]:
    """Slips by kind, right queries, and times."""
    articles = list(news(data_folder(), QUICK_ARTICLES if quick else ARTICLES))
    pick = random.Random(SEED)
    right = list(drawn([article.title for article in articles], SLIPS + RIGHT, pick))
    with TemporaryDirectory() as folder:
        searcher = indexed(articles, Path(folder))
        suggester = Suggester(searcher)
        yield figure("speller ready at its first use, s", seconds(lambda: suggester.speller))
        yield figure("phrases ready at their first use, s", seconds(lambda: suggester.phrases))
        yield from slips(suggester, right[:SLIPS], pick)
        yield from without(searcher, suggester, right[SLIPS:])
        yield from begun(suggester, right[SLIPS:])


def seconds(work: Callable[[], object]) -> float:
    """Processor time of the work."""
    started = time.process_time()
    work()
    return time.process_time() - started


def drawn(titles: Sequence[str], count: int, pick: random.Random) -> Iterator[str]:
    """So many different parts of titles as readers would type them: whole words, letters only, at
    least one with a tone."""
    seen: set[str] = set()
    while len(seen) < count:
        found = words(normalize(pick.choice(titles)))
        start = pick.randrange(len(found)) if found else 0
        part = found[start : start + pick.randint(1, 3)]
        text = " ".join(part).replace("_", " ").lower()
        syllables = text.split()
        plain = all(each.isalpha() for each in syllables) and toneless(text, pick) != text
        if 2 <= len(syllables) <= 5 and plain and text not in seen:
            seen.add(text)
            yield text


def slips(suggester: Suggester, right: Sequence[str], pick: random.Random) -> Iterator[Row]:
    """How often the right query comes first, by kind and by half."""
    made = [
        (kind, text, slipped(KINDS[kind], text, pick))
        for kind, text in zip(cycle(TURNS), right, strict=False)
    ]
    taken, hits = [], []
    for _, text, typed in made:
        started = time.process_time()
        corrected = suggester.speller.corrected(typed)
        taken.append(time.process_time() - started)
        hits.append(corrected is not None and keys(corrected.text) == keys(text))
    half = len(made) // 2
    for kind in KINDS:
        of_kind = [hit for hit, each in zip(hits, made, strict=True) if each[0] == kind]
        yield figure(f"{kind}: the right one first", sum(of_kind) / len(of_kind))
    yield figure("one slip, looked at: the right one first", sum(hits[:half]) / half)
    yield at_least("one slip, set aside: the right one first", 0.9, sum(hits[half:]) / half)
    yield at_most("a correction, 95 %, ms", 20, 1000 * quantiles(taken, n=20)[-1])


def without(searcher: Searcher, suggester: Suggester, right: Sequence[str]) -> Iterator[Row]:
    """How often a query without a slip gets a suggestion: of the speller alone, and on the page."""
    alone = [suggester.speller.corrected(text) is not None for text in right]
    taken, shown = [], []
    for text in right:
        query = Query(text)
        results = searcher.search(query)
        started = time.process_time()
        shown.append(suggester.did_you_mean(query, results) is not None)
        taken.append(time.process_time() - started)
    half = len(right) // 2
    yield figure("right queries that the speller would change", sum(alone) / len(right))
    yield figure("right queries with a suggestion, looked at", sum(shown[:half]) / half)
    yield at_most("right queries with a suggestion, set aside", 0.02, sum(shown[half:]) / half)
    yield at_most("did you mean, 95 % of all pages, ms", 20, 1000 * quantiles(taken, n=20)[-1])


def begun(suggester: Suggester, right: Sequence[str]) -> Iterator[Row]:
    """Times of completions for every beginning of queries, with accents and without."""
    begun = [text[:length] for text in right[::5] for length in range(2, len(text) + 1)]
    taken = [
        seconds(partial(suggester.completions, typed)) for typed in (*begun, *map(fold, begun))
    ]
    times = quantiles(taken, n=100)
    yield figure("completions, median, ms", 1000 * times[49])
    yield at_most("completions, 95 %, ms", 20, 1000 * times[94])


def slipped(slip: Slip, text: str, pick: random.Random) -> str:
    """The text with a slip that changes it; made in as many attempts as it needs."""
    while (typed := slip(text, pick)) == text or not typed.strip():
        pass
    return typed


def in_one(change: Callable[[str, random.Random], str]) -> Slip:
    """The slip in one syllable of the text."""

    def slip(text: str, pick: random.Random) -> str:
        syllables = text.split()
        place = pick.randrange(len(syllables))
        syllables[place] = change(syllables[place], pick)
        return " ".join(syllables)

    return slip


def in_all(change: Callable[[str, random.Random], str]) -> Slip:
    """The slip in every syllable of the text, as where an input method is off."""
    return lambda text, pick: " ".join(change(each, pick) for each in text.split())


def typed_by(letters: dict[str, str], tones: dict[str, str]) -> Slip:
    """A syllable as the keys that make it, the tone's last."""

    def change(syllable: str, _: random.Random) -> str:
        pieces = unicodedata.normalize("NFD", syllable)
        tone = next((each for each in TONES[1:] if each in pieces), "")
        plain = unicodedata.normalize("NFC", pieces.replace(tone, "")) if tone else syllable
        return "".join(letters.get(each, each) for each in plain) + (tones[tone] if tone else "")

    return change


def swapped(syllable: str, pick: random.Random) -> str:
    """Two neighbouring letters the other way round."""
    place = pick.randrange(max(1, len(syllable) - 1))
    return syllable[:place] + syllable[place : place + 2][::-1] + syllable[place + 2 :]


def toneless(text: str, _: random.Random) -> str:
    """The text without its tones."""
    pieces = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(each for each in pieces if each not in TONES[1:]))


KINDS: dict[str, Slip] = {
    "Telex, one syllable": in_one(typed_by(TELEX, TELEX_TONES)),
    "VNI, one syllable": in_one(typed_by(VNI, VNI_TONES)),
    "swapped letters": in_one(swapped),
    "a missing tone": in_one(toneless),
    "Telex, all syllables": in_all(typed_by(TELEX, TELEX_TONES)),
    "VNI, all syllables": in_all(typed_by(VNI, VNI_TONES)),
}
TURNS = (*KINDS, "swapped letters", "a missing tone")
"""Kinds of slips in the order in which queries get them: as many of keys as of each other kind."""


if __name__ == "__main__":
    run(measure, __doc__)
