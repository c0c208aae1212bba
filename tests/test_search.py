"""Search against brute force: what is found, counted and paged, over one small random corpus.

The oracle reads rules 4 and 5 of docs/architecture.md afresh: accents fold one way, counts are
honest. It knows nothing of Whoosh.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.article import VIETNAM, PrintedDate
from crawler.store import Stored, open_readonly, open_store
from indexer import search
from indexer.build import build
from indexer.document import Annotator, Document, Source
from indexer.normalize import fold, syllables
from indexer.query import PAGE_SIZE, Query
from indexer.results import Results
from indexer.search import Searcher, open_searcher
from indexer.topics import TOPICS
from indexer.wards import Gazetteer
from tests.small_site import make_article

ARTICLES = 70
SYLLABLES = ("rác", "rạc", "rac", "thải", "thai", "đường", "dương", "đương", "duong", "mét", "cây")
"""Few, so that queries match; no abbreviation among them."""

WARDS = ("phuong-bo-de-ha-noi", "phuong-viet-hung-ha-noi", "phuong-hai-chau-da-nang")
PROVINCES = ("ha-noi", "da-nang")
TYPES = ("tin-tuc", "thong-bao")
SOURCES = {id: Source(id, f"Nguồn {id}", "", "", "snippet") for id in ("a", "b", "c")}
FACETS: Mapping[str, tuple[str, ...]] = {
    "wards": WARDS,
    "provinces": PROVINCES,
    "topics": tuple(sorted(TOPICS))[:4],
    "sources": tuple(SOURCES),
    "types": TYPES,
}
GAP = ""
"""Stands between title and text: no phrase reaches across."""

FIRST_DAY = date(2025, 12, 20)
DAYS = 25


@dataclass(frozen=True)
class Known:
    """What the oracle knows of one article."""

    id: int
    keys: tuple[str, ...]
    published: datetime | None
    values: Mapping[str, frozenset[str]]


def keys(text: str) -> tuple[str, ...]:
    return tuple(token.key for token in syllables(text))


def some(choose: random.Random, values: tuple[str, ...]) -> tuple[str, ...]:
    """None to three of the values."""
    return tuple(choose.sample(values, choose.randint(0, min(3, len(values)))))


def documents() -> tuple[Callable[[Stored], Document], dict[int, Known]]:
    """An annotate() that makes facets up, and what it made up, by number."""
    choose, known = random.Random(5), {}

    def annotate(stored: Stored) -> Document:
        article = stored.article
        document = Document(
            id=stored.id,
            article=article,
            wards=some(choose, FACETS["wards"]),
            wards_then=(),
            provinces=some(choose, PROVINCES),
            topics=some(choose, FACETS["topics"]),
            type=choose.choice(TYPES),
            numbers=(),
            periods=(),
        )
        known[stored.id] = Known(
            id=stored.id,
            keys=(*keys(article.title), GAP, *keys(article.text)),
            published=article.published.moment if article.published else None,
            values={
                "wards": frozenset(document.wards),
                "provinces": frozenset(document.provinces),
                "topics": frozenset(document.topics),
                "sources": frozenset({article.portal}),
                "types": frozenset({document.type}),
            },
        )
        return document

    return annotate, known


def published(choose: random.Random) -> PrintedDate | None:
    """A moment of the days in question, now and then just before midnight, or none."""
    if choose.random() < 0.15:
        return None
    day = FIRST_DAY + timedelta(days=choose.randrange(DAYS))
    moment = choose.choice((None, time(0, 0), time(12, 5), time(23, 30), time(23, 59, 59)))
    return PrintedDate(day, moment, "layout", 1.0)


class World:
    """The corpus, a searcher over it and the oracle."""

    def __init__(self, folder: Path) -> None:
        choose, path, index = random.Random(7), folder / "articles.db", folder / "whoosh"
        annotate, self.known = documents()
        with open_store(path) as store:
            with store.transaction():
                for number in range(ARTICLES):
                    words = choose.choices(SYLLABLES, k=choose.randint(2, 9))
                    article = make_article(
                        choose.choice(list(SOURCES)), str(number), words[0], " ".join(words[1:]),
                        day=None,
                    )  # fmt: skip
                    store.put(replace(article, byline="", published=published(choose)))
            build(store, index, annotate, SOURCES)
        self.searcher: Searcher = open_searcher(index, path)
        self.attested = {key for each in self.known.values() for key in each.keys} - {GAP}

    def means(self, key: str, query: Query, accented: bool) -> frozenset[str]:
        """The keys that a syllable of a query matches (rule 4)."""
        if query.literal or (accented and key in self.attested):
            return frozenset({key})
        return frozenset(other for other in self.attested if fold(other) == fold(key)) | {key}

    def matches(self, known: Known, asked: Asked, query: Query) -> bool:
        """Whether the words, phrases and exclusions of the query fit the article."""
        every = [key for phrase in (*asked.wanted, *asked.unwanted) for key in phrase]
        accented = any(fold(key) != key for key in every)

        def holds(phrase: tuple[str, ...]) -> bool:
            meant = [self.means(key, query, accented) for key in phrase]
            starts = range(len(known.keys) - len(phrase) + 1)
            return any(
                all(known.keys[start + offset] in keys for offset, keys in enumerate(meant))
                for start in starts
            )

        return all(map(holds, asked.wanted)) and not any(map(holds, asked.unwanted))

    def found(self, asked: Asked, query: Query, but: str = "") -> set[int]:
        """The articles that a query finds, the filter of one facet left aside."""
        return {
            known.id
            for known in self.known.values()
            if self.matches(known, asked, query)
            and in_time(known, query)
            and all(
                not (ticked := getattr(query, facet)) or known.values[facet] & set(ticked)
                for facet in FACETS
                if facet != but
            )
        }


def in_time(known: Known, query: Query) -> bool:
    """Days are whole days in +07:00 and inclusive; a filter by day leaves the undated out."""
    if query.since is None and query.until is None:
        return True
    if known.published is None:
        return False
    day = known.published.astimezone(VIETNAM).date()
    return (query.since or date.min) <= day <= (query.until or date.max)


@dataclass(frozen=True)
class Asked:
    """A query's words (phrases of one), phrases and exclusions, as keys."""

    wanted: tuple[tuple[str, ...], ...]
    unwanted: tuple[tuple[str, ...], ...]

    @property
    def text(self) -> str:
        parts = [self._written(phrase) for phrase in self.wanted]
        parts += [f"-{self._written(phrase)}" for phrase in self.unwanted]
        return " ".join(parts)

    @staticmethod
    def _written(phrase: tuple[str, ...]) -> str:
        return phrase[0] if len(phrase) == 1 else f'"{" ".join(phrase)}"'


PHRASES = st.lists(st.sampled_from((*SYLLABLES, "ruong", "mẹt")), min_size=1, max_size=2).map(tuple)
ASKED = st.builds(
    Asked,
    st.lists(PHRASES, max_size=3).map(tuple),
    st.lists(PHRASES, max_size=1).map(tuple),
)
A_DAY = st.none() | st.integers(-2, DAYS + 2).map(lambda days: FIRST_DAY + timedelta(days=days))
QUERIES = st.builds(
    Query,
    wards=st.lists(st.sampled_from(WARDS), max_size=2, unique=True).map(tuple),
    provinces=st.lists(st.sampled_from(PROVINCES), max_size=1).map(tuple),
    topics=st.lists(st.sampled_from(FACETS["topics"]), max_size=2, unique=True).map(tuple),
    sources=st.lists(st.sampled_from(tuple(SOURCES)), max_size=2, unique=True).map(tuple),
    types=st.lists(st.sampled_from(TYPES), max_size=1).map(tuple),
    since=A_DAY,
    until=A_DAY,
    sort=st.sampled_from((None, "relevance", "newest", "oldest")),
    literal=st.booleans(),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("oracle"))


def all_pages(searcher: Searcher, query: Query) -> Iterator[Results]:
    """Page after page, as many as the first one says there are."""
    first = searcher.search(query)
    yield first
    for number in range(2, first.pages + 1):
        yield searcher.search(replace(query, page=number))


common = settings(
    max_examples=120,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@common
@given(asked=ASKED, query=QUERIES)
def test_all_pages_together_are_what_brute_force_finds(
    world: World, asked: Asked, query: Query
) -> None:
    query = replace(query, text=asked.text)
    pages = list(all_pages(world.searcher, query))
    if pages[0].partial:
        assert not world.found(asked, Query(query.text, literal=query.literal))
        return
    ids = [hit.id for page in pages for hit in page.hits]
    assert sorted(ids) == sorted(world.found(asked, query))
    assert {page.total for page in pages} == {len(ids)}
    assert all(len(page.hits) == PAGE_SIZE for page in pages[:-1])


@common
@given(asked=ASKED, query=QUERIES, limit=st.integers(0, ARTICLES))
def test_a_listing_is_the_beginning_of_all_pages(
    world: World, asked: Asked, query: Query, limit: int
) -> None:
    query = replace(query, text=asked.text)
    pages = list(all_pages(world.searcher, query))
    listing = world.searcher.listing(query, limit)
    assert listing.total == pages[0].total
    hits = [hit for page in pages for hit in page.hits][:limit]
    assert list(listing.hits) == hits
    assert list(world.searcher.listing(query, limit, passages=False).hits) == [
        replace(hit, title_marks=(), snippet="", snippet_marks=()) for hit in hits
    ]


@common
@given(asked=ASKED, query=QUERIES)
def test_every_count_is_the_total_of_the_page_it_leads_to(
    world: World, asked: Asked, query: Query
) -> None:
    query = replace(query, text=asked.text)
    results = world.searcher.search(query)
    for facet, shown in results.facets.items():
        ticked = set(getattr(query, facet))
        assert {each.value for each in shown if each.selected} == ticked
        assert {each.value for each in shown if not each.count} <= ticked
        assert list(shown) == sorted(shown, key=lambda each: (-each.count, fold(each.label)))
        if results.partial:
            continue
        matching = world.found(asked, query, but=facet)
        held = [value for id in matching for value in world.known[id].values[facet]]
        assert {each.value: each.count for each in shown if each.count} == Counter(held)


@settings(common, max_examples=40)
@given(asked=ASKED, query=QUERIES)
def test_every_bar_counts_the_days_it_spans(world: World, asked: Asked, query: Query) -> None:
    query = replace(query, text=asked.text)
    results = world.searcher.search(query)
    if results.partial:
        return
    for bar in results.timeline.bars:
        alone = replace(query, since=bar.since, until=bar.until)
        assert bar.count == len(world.found(asked, alone))
    undated = 0 if query.since or query.until else results.undated
    assert results.total == undated + sum(b.count for b in results.timeline.bars if b.chosen)


def test_without_time_left_nothing_is_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = world.searcher.search(Query(sort="newest"))
    now = monotonic()
    ticks = iter((now, now + search.QUERY_SECONDS + 1))
    monkeypatch.setattr(search, "monotonic", lambda: next(ticks))
    results = world.searcher.search(Query(sort="newest"))
    assert (results.counted, results.facets, results.timeline.bars) == (False, {}, ())
    assert (results.hits, results.total) == (whole.hits, whole.total)
    assert whole.counted


@settings(common, max_examples=25)
@given(asked=ASKED, query=QUERIES, data=st.data())
def test_following_a_count_leads_to_so_many(
    world: World, asked: Asked, query: Query, data: st.DataObject
) -> None:
    query = replace(query, text=asked.text)
    facet = data.draw(st.sampled_from(tuple(FACETS)))
    for value in world.searcher.search(query).facets[facet]:
        alone = replace(query, **{facet: (value.value,)})  # type: ignore[arg-type]
        assert world.searcher.search(alone).total == value.count


@common
@given(asked=ASKED, query=QUERIES, sort=st.sampled_from(("newest", "oldest")))
def test_days_run_one_way_and_the_undated_come_last(
    world: World, asked: Asked, query: Query, sort: str
) -> None:
    query = replace(query, text=asked.text, sort=sort)
    days = [hit.published for page in all_pages(world.searcher, query) for hit in page.hits]
    dated = [day for day in days if day is not None]
    assert days[: len(dated)] == sorted(dated, reverse=sort == "newest")


def test_a_page_past_the_end_is_empty_and_knows_the_total(world: World) -> None:
    results = world.searcher.search(Query(page=10**18))
    assert (results.hits, results.total) == ((), ARTICLES)


@pytest.mark.parametrize("facet", FACETS)
def test_the_newest_of_every_value(world: World, facet: str) -> None:
    newest = world.searcher.publication.newest(facet)
    dated = [known for known in world.known.values() if known.published]
    assert newest == {
        value: max(known.published for known in dated if value in known.values[facet])
        for value in {value for known in dated for value in known.values[facet]}
    }


@pytest.mark.parametrize("text", ["", "rac"])
def test_of_very_many_articles_the_first_are_listed_and_all_counted(
    world: World, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    total = world.searcher.search(Query(text)).total
    monkeypatch.setattr(search, "LISTED", 30)
    pages = [world.searcher.search(Query(text, page=number)) for number in (1, 2, 3)]
    assert [(page.total, page.pages) for page in pages] == [(total, 2)] * 3
    assert [len(page.hits) for page in pages] == [PAGE_SIZE, 30 - PAGE_SIZE, 0]


@settings(max_examples=300)
@given(text=st.text(max_size=60) | st.text('"-:()[]*~^ ORHOẶCtieudeso rác\x00\ud800', max_size=60))
def test_any_text_is_answered(world: World, text: str) -> None:
    results = world.searcher.search(Query(text))
    assert results.total >= len(results.hits)


@common
@given(asked=ASKED, query=QUERIES)
def test_marks_are_the_spellings_that_matched(world: World, asked: Asked, query: Query) -> None:
    query = replace(query, text=asked.text)
    wanted = {fold(key) for phrase in asked.wanted for key in phrase}
    for hit in world.searcher.search(query).hits:
        for text, marks in ((hit.title, hit.title_marks), (hit.snippet, hit.snippet_marks)):
            marked = " ".join(text[start:end] for start, end in marks)
            assert {fold(token.key) for token in syllables(marked)} <= wanted


def test_a_document_comes_back_as_it_was_understood(
    small_site: dict[str, Any], gazetteer: Gazetteer
) -> None:
    searcher = open_searcher(small_site["INDEX"], small_site["STORE"])
    annotate = Annotator(gazetteer, small_site["SOURCES"]).annotate
    with open_readonly(small_site["STORE"]) as store:
        stored = [each for each in store.articles(range(1, 100)).values() if not each.withdrawn_at]
    documents = [searcher.document(each.id) for each in stored]
    assert documents == [annotate(each) for each in stored]
    assert any(each and each.reports_on for each in documents)
    assert searcher.document(1_000) is None
