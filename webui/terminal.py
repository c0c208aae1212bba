"""What the command shows in a terminal: tables, reports, progress. (rich)

Counts and words only; what they are of is made elsewhere and handed in.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from textwrap import shorten

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from crawler.article import VIETNAM, Article, PrintedDate
from crawler.audit import Audit
from crawler.extract import Extraction
from crawler.health import PortalState
from crawler.replay import Replayed
from crawler.spider import CrawlReport
from crawler.store import Stored
from crawler.survey import Survey
from indexer.backup import Copied
from indexer.document import Annotator
from indexer.results import Results
from indexer.topic_model import Comparison
from indexer.topics import TOPICS
from indexer.verify import Drift

PLAIN_PROGRESS_EVERY = 5.0
"""Seconds between progress lines where nobody watches."""

REPORTED = ("fetched", "new", "changed", "unchanged", "failed")
"""What a crawl's table counts of each portal."""

FACET_VALUES = 5
"""Values of each facet that are printed with the results of a search."""

STATE_STYLES = {"ok": "green", "delayed": "yellow", "failing": "red", "paused": "dim", "never": ""}

BEGINNING = 300
"""Letters of an article's beginning that `tinphuong portals add` shows."""

SHOWN = 10
"""Articles of a kind that `tinphuong verify` names."""

console = Console(highlight=False)


@contextmanager
def watched(words: str) -> Iterator[Callable[[int, int], None]]:
    """A function for (done, total): a bar where a person watches, else a line now and then."""
    if not console.is_terminal:
        yield plain_progress(words)
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def plain_progress(words: str) -> Callable[[int, int], None]:
    """Prints a line every PLAIN_PROGRESS_EVERY seconds."""
    printed = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal printed
        if time.monotonic() - printed >= PLAIN_PROGRESS_EVERY:
            printed = time.monotonic()
            console.print(f"{words}: {done} of {total}")

    return progress


@contextmanager
def step(words: str) -> Iterator[None]:
    """Say what is done, and how long it took."""
    console.print(f"[bold]{words}[/bold]")
    started = time.perf_counter()
    yield
    console.print(f"    done in {time.perf_counter() - started:.1f} s")


def tell(words: str) -> None:
    """One line with the time, for a journal."""
    console.print(f"{datetime.now(VIETNAM):%Y-%m-%d %H:%M:%S} schedule: {words}", soft_wrap=True)


def print_json(value: object) -> None:
    """One JSON object; days and times in ISO 8601."""
    print(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PortalState | Results):
        return dataclasses.asdict(value)
    raise TypeError(f"{value!r} is not written as JSON")


def print_crawl(report: CrawlReport) -> None:
    """One row a portal, then why each gave up that did."""
    table = Table("portal", *REPORTED, "seconds", box=None, pad_edge=False)
    for each in report.portals:
        counts = (str(getattr(each, name)) for name in REPORTED)
        table.add_row(each.portal, *counts, f"{each.seconds:.1f}")
    console.print(table)
    for each in report.portals:
        if each.error:
            console.print(Text(f"{each.portal}: {each.error}", "red"), soft_wrap=True)


def print_counts(counts: Mapping[str, int]) -> None:
    """A line each, most frequent first."""
    for words, count in sorted(counts.items(), key=lambda each: -each[1]):
        console.print(f"{count:>8}  {words}")


def print_comparisons(compared: Sequence[Comparison]) -> None:
    """A row for each topic that was learned: F1 of phrases and model, and which is used."""
    table = Table("topic", "articles", "phrases", "model", "used", box=None, pad_edge=False)
    for each in compared:
        told = (str(each.articles), f"{each.phrases:.2f}", f"{each.model:.2f}")
        table.add_row(TOPICS[each.slug], *told, "model" if each.used else "phrases")
    console.print(table)


def print_replayed(replayed: Replayed) -> None:
    """Pages by what they brought, then what a person should look at."""
    print_counts(replayed.counts)
    for url in replayed.vanished:
        console.print(Text(f"no longer an article: {url}", "red"), soft_wrap=True)
    for host, count in sorted((replayed.strangers or {}).items(), key=lambda each: -each[1]):
        words = f"{count} pages of {host}: no such portal in portals.toml"
        console.print(words, soft_wrap=True)


def print_status(states: Sequence[PortalState], waiting: int) -> None:
    """A row for each portal; why each failed that did; sums of all; what to do next."""
    now = datetime.now(VIETNAM)
    table = Table(box=None, pad_edge=False)
    for name in ("portal", "state", "last success", "next run"):
        table.add_column(name, overflow="fold")
    for name in ("articles", "new 24 h", "new 7 d"):
        table.add_column(name, justify="right")
    for state in states:
        due = "now" if state.due and state.due <= now else minute(state.due, now)
        told = Text(state.state, STATE_STYLES[state.state])
        counts = (str(state.articles), str(state.new_24h), str(state.new_7d))
        table.add_row(state.portal, told, minute(state.succeeded, now), due, *counts)
    console.print(table)
    for state in states:
        if state.error:
            console.print(Text(f"{state.portal}: {state.error}", "red"), soft_wrap=True)
        for host, weakness in state.weak.items():
            words = f"{state.portal}: weak encryption of {host}: {weakness}"
            console.print(Text(words, "yellow"), soft_wrap=True)
    portals = counted(Counter(state.state for state in states))
    console.print(Text(f"portals: {portals}; times are Vietnam's", "dim"), soft_wrap=True)
    console.print(Text(f"pages: {counted(outcomes_of(states))}", "dim"), soft_wrap=True)
    if waiting:
        console.print(f"{waiting} articles wait to be indexed; run: tinphuong index")


def outcomes_of(states: Sequence[PortalState]) -> Counter[str]:
    """What the pages of all portals were."""
    total = Counter[str]()
    for state in states:
        total.update(state.outcomes)
        total["never fetched"] += state.waiting
    return total


def counted(counts: Counter[str]) -> str:
    """Each with its count, most frequent first.

    >>> counted(Counter({"ok": 3, "failing": 7, "never": 0}))
    '7 × failing, 3 × ok'
    """
    return ", ".join(f"{count} × {name}" for name, count in counts.most_common() if count) or "none"


def print_audit(found: Audit) -> None:
    """Each article that is damaged, and what to do."""
    for url in found.damaged:
        console.print(Text(f"damaged: {url}", "red"), soft_wrap=True)
    if found.damaged:
        console.print("To mend them from the archive, without a request: tinphuong extract --all")
    if found.file != "ok":
        console.print(Text(f"the store's file is damaged: {found.file}", "red"), soft_wrap=True)
        console.print("Put the last backup in its place; see docs/operating.md")
    console.print(f"{found.articles} articles read, {len(found.damaged)} damaged")


def print_verified(damaged: Sequence[str], found: Drift | None) -> None:
    """What is wrong with the index, and what to do; `found` is None where it was not compared."""
    for line in damaged:
        console.print(Text(f"damaged: {line}", "red"), soft_wrap=True)
    for what, ids in found.told.items() if found else ():
        named = ", ".join(map(str, ids[:SHOWN]))
        console.print(Text(f"{len(ids)} articles {what}: {named}", "red"), soft_wrap=True)
    if damaged or (found and found.told):
        console.print("To make the index anew from the store: tinphuong index --rebuild")
    else:
        console.print("Every file of the index is what was written")
    if found:
        console.print(f"Generation {found.generation}: {found.documents} articles compared")


def print_copied(copied: Copied, folder: Path) -> None:
    """What a backup or its restoring copied."""
    index = f"generation {copied.generation}" if copied.generation else "no index"
    console.print(f"The store, {copied.files} files of the archive and {index} are in {folder}")
    if not copied.generation:
        console.print("To make the index from the store: tinphuong index")


def minute(moment: datetime | None, now: datetime) -> str:
    """Day and time, in Vietnam; the year instead of the time where that is not this year's."""
    if moment is None:
        return "-"
    return f"{moment:%d %b %H:%M}" if moment.year == now.year else f"{moment:%d %b %Y}"


def print_survey(seen: Survey) -> None:
    """What the site is, then title, date and beginning of each article."""
    feeds = ", ".join(seen.feeds) or "none used"
    console.print(Text(seen.name, "bold"), soft_wrap=True)
    console.print(f"layout {seen.layout or 'unknown'} · {seen.done} pages looked at · feed {feeds}")
    for sample in seen.samples:
        article = sample.article
        console.print(Text(f"\n{article.title}", "bold underline"), soft_wrap=True)
        console.print(Text(article.url, "blue"), soft_wrap=True)
        console.print(
            Text(f"{printed_date(article.published)} · {sample.removed} lines removed", "dim")
        )
        console.print(Text(shorten(article.text, BEGINNING, placeholder=" …")))


def print_entry(path: Path, entry: str) -> None:
    """What would be written, and where."""
    console.print(Text(f"\nThe entry for {path}:\n\n{entry}"), soft_wrap=True)


def print_extraction(extraction: Extraction, annotator: Annotator) -> None:
    """Every field of the article, what is understood of it, each removed line with its rule."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_row("layout", extraction.layout)
    if extraction.article is None:
        table.add_row("no article", extraction.reason)
    else:
        article = extraction.article
        for name, value in (*fields_of(article), *meaning_of(article, annotator)):
            table.add_row(name, Text(value))
    for removed in extraction.removed:
        table.add_row("removed", Text(f"{removed.line}  ({removed.rule})", "dim"))
    console.print(table)


def fields_of(article: Article) -> Iterator[tuple[str, str]]:
    """What the page says, as it would be stored."""
    yield "identity", article.identity
    yield "title", article.title
    yield "published", printed_date(article.published)
    yield "updated", printed_date(article.updated)
    yield "section", article.section
    yield "lead", article.lead
    for paragraph in article.body:
        yield "body", paragraph
    for caption in article.captions:
        yield "caption", caption
    yield "byline", article.byline
    for attachment in article.attachments:
        yield "attachment", f"{attachment.name} <{attachment.url}>"


def meaning_of(article: Article, annotator: Annotator) -> Iterator[tuple[str, str]]:
    """What the indexer understands of an article, and why."""
    now = article.fetched_at
    document = annotator.annotate(Stored(0, article, now, now, 0))
    yield "wards then", ", ".join(document.wards_then)
    yield "wards today", ", ".join(document.wards)
    yield "provinces", ", ".join(document.provinces)
    for topic in annotator.topics_of(article):
        why = ", ".join(f"{phrase} {points:g}" for phrase, points in topic.phrases.items())
        yield "topic", f"{topic.label} ({topic.score:g}: {why})"
    yield "type", document.type
    yield "numbers", ", ".join(map(str, document.numbers))
    for name, period in (
        ("reports on", document.reports_on),
        *((period.kind, period) for period in document.periods),
    ):
        if period:
            span = f"{period.since} to {period.until}, {period.certainty:.0%} certain"
            yield name, f"{period.words} ({span})"


def printed_date(printed: PrintedDate | None) -> str:
    """A date with where it came from and how sure that is."""
    if printed is None:
        return "not printed"
    clock = f" {printed.time:%H:%M}" if printed.time else ""
    return f"{printed.day}{clock} (from {printed.source}, {printed.certainty:.0%} certain)"


def print_results(results: Results, page: int) -> None:
    """Hits with their marks in bold, then the largest values of each facet."""
    console.print(f"{results.total} articles, page {page} of {results.pages}")
    if results.partial:
        console.print("[dim]no article has all the words; these have most of them[/dim]")
    if results.cut:
        console.print("[dim]the query was too long; its end was left out[/dim]")
    for widening in results.widenings:
        meant = "; ".join(widening.meant) or "nothing known"
        console.print(f"[dim]{escape(widening.typed)}: {escape(meant)}[/dim]")
    for hit in results.hits:
        day = f"{hit.published:%d/%m/%Y}" if hit.published else "no date"
        console.print()
        console.print(marked(hit.title, hit.title_marks, "bold underline"))
        console.print(Text(f"{day} · {hit.portal} · {', '.join(hit.wards)}", "dim"))
        console.print(marked(hit.snippet, hit.snippet_marks, "bold"))
        console.print(Text(hit.url, "blue"), soft_wrap=True)
    console.print()
    for facet, values in results.facets.items():
        shown = (f"{each.label} ({each.value}) {each.count}" for each in values[:FACET_VALUES])
        if values:
            console.print(Text(f"{facet}: " + "; ".join(shown), "dim"))


def marked(text: str, marks: Iterable[tuple[int, int]], style: str) -> Text:
    """The text with the spans of its marks in a style."""
    shown = Text(text)
    for start, end in marks:
        shown.stylize(style, start, end)
    return shown
