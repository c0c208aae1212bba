"""The front door: the `tinphuong` command. It composes the rooms and hands functions down.

Everything a command works on lies in two places, options of the group: the file of portals
(--portals) and the folder of store and index (--index). Exit codes: 0 done, 1 could not, 2 the
command was called wrongly.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from shutil import rmtree
from textwrap import shorten
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from crawler.archive import Archive
from crawler.article import VIETNAM, Article, PrintedDate
from crawler.captures import prune
from crawler.entry import append, entry, id_of
from crawler.extract import Extraction, extract
from crawler.forget import Unfinished, forget
from crawler.health import PortalState, due_portals, portal_states
from crawler.lane import without_contact
from crawler.locks import Locks
from crawler.owners import Owners, at_home, known_to
from crawler.page import Page, parse
from crawler.portals import Keep, Portal, Portals, PortalsError, load_portals, mistake
from crawler.replay import Replayed, extract_all, import_files
from crawler.schedule import PortalsFile, Schedule, run_for_ever
from crawler.spider import CrawlReport, Unfetched, fetch, survey
from crawler.spider import crawl as crawl_portals
from crawler.store import (
    Store,
    Stored,
    StoreMissing,
    StoreTooNew,
    disk_is_full,
    open_readonly,
    open_store,
)
from crawler.survey import Survey
from crawler.urls import canonical, same_site, site
from indexer.build import IndexBusy, build
from indexer.document import Annotator, Source
from indexer.mentions import mentions
from indexer.query import SORTS, Query
from indexer.results import Results, TooSlow
from indexer.search import IndexMissing, open_searcher
from indexer.topics import topics_of
from indexer.wards import load_gazetteer
from webui import create_app
from webui.server import serve as serve_app

PLAIN_PROGRESS_EVERY = 5.0
"""Seconds between progress lines where nobody watches."""

ROOT = Path(__file__).parent

DEMO = Path("demo")
"""Where `tinphuong demo` keeps its portals file, store and index; made anew at each start."""

REPORTED = ("fetched", "new", "changed", "unchanged", "failed")
"""What a crawl's table counts of each portal."""

FACET_VALUES = 5
"""Values of each facet that `tinphuong search` prints."""

STATE_STYLES = {"ok": "green", "delayed": "yellow", "failing": "red", "paused": "dim", "never": ""}

BEGINNING = 300
"""Letters of an article's beginning that `tinphuong portals add` shows."""

console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Place:
    """The files a command works on."""

    portals: Path
    index: Path

    @property
    def store(self) -> Path:
        return self.index / "store" / "articles.db"

    @property
    def locks(self) -> Path:
        return self.index / "store" / "locks"

    @property
    def archive(self) -> Path:
        return self.index / "store" / "pages"

    @property
    def whoosh(self) -> Path:
        return self.index / "whoosh"


MENDABLE = (
    PortalsError,
    Unfetched,
    StoreMissing,
    StoreTooNew,
    IndexMissing,
    IndexBusy,
    TooSlow,
    Unfinished,
)
"""Errors whose text tells what is wrong and what to do."""


def main() -> None:
    """Run the command."""
    with mendable():
        cli()


@contextmanager
def mendable() -> Iterator[None]:
    """What a reader can mend is one line on standard error and exit code 1."""
    try:
        yield
    except MENDABLE as error:
        sys.exit(f"tinphuong: {error}")
    except (OSError, sqlite3.OperationalError) as error:
        if not disk_is_full(error):
            raise
        sys.exit("tinphuong: the disk is full; nothing stored is lost: make room and run it again")


@click.group()
@click.option(
    "--portals",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("portals.toml"),
    show_default=True,
    help="The file that names the portals.",
)
@click.option(
    "--index",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("index"),
    show_default=True,
    help="The folder of the store and the search index.",
)
@click.version_option(package_name="tinphuong")
@click.pass_context
def cli(context: click.Context, portals: Path, index: Path) -> None:
    """Search the news of Vietnam's wards: crawl, index, search and serve."""
    context.obj = Place(portals, index)


@cli.command()
@click.option("--portal", "ids", multiple=True, metavar="ID", help="Only this portal; repeatable.")
@click.option("--all", "everything", is_flag=True, help="Every portal, due or not.")
@click.pass_obj
def crawl(place: Place, ids: tuple[str, ...], everything: bool) -> None:
    """Fetch what is due from the portals and store the articles."""
    loaded = load_checked(place.portals)
    chosen = choose(loaded, place, ids, everything)
    if not chosen:
        console.print("Nothing is due. To crawl all the same: tinphuong crawl --all")
        return
    with watched("Crawling") as progress:
        report = crawl_portals(chosen, place.store, place.archive, loaded.contact, progress)
    finish_crawl(place, loaded.archive, report)


@cli.command()
@click.option("--rebuild", is_flag=True, help="Make the whole index anew from the store.")
@click.pass_obj
def index(place: Place, rebuild: bool) -> None:
    """Bring the search index up to what the store holds."""
    if not place.store.exists():
        raise StoreMissing(f"there is no store at {place.store}; run: tinphuong crawl")
    with watched("Indexing") as progress:
        build_index(place, load_checked(place.portals).portals, rebuild, progress)


@cli.command()
@click.pass_obj
def schedule(place: Place) -> None:
    """Crawl what is due and index what changed, for ever; one at a time over an index."""
    locks = Locks(place.locks)
    if not locks.take("schedule"):
        raise click.ClickException(f"a schedule is at work on {place.index} already")
    file = PortalsFile(place.portals, load_checked, tell)

    def due() -> list[Portal]:
        loaded = file.read()
        allowed = [each for each in loaded.portals if not without_contact(each, loaded.contact)]
        with open_store(place.store) as store:
            return due_portals(store, allowed, time.time())

    def crawl(portals: Sequence[Portal]) -> BaseProcess:
        return apart(crawl_apart, place, portals, file.good.contact, file.good.archive)

    def index() -> BaseProcess | None:
        with open_store(place.store) as store:
            waiting = store.waiting()
        return apart(index_apart, place, file.good.portals) if waiting else None

    tell(f"keeping {len(file.good.portals)} portals up to date (SIGTERM or Ctrl-C to stop)")
    run_for_ever(Schedule(due, crawl, index, tell))
    tell("stopped")


@cli.command("extract")
@click.option("--all", "everything", is_flag=True, help="Everything in the archive.")
@click.pass_obj
def extract_again(place: Place, everything: bool) -> None:
    """Read the pages of the archive again, by the rules of this version. Nothing is fetched."""
    if not everything:
        raise click.UsageError("say what: tinphuong extract --all")
    portals = load_checked(place.portals).portals
    with open_store(place.store) as store, watched("Reading") as progress:
        replayed = extract_all(store, place.archive, portals, progress)
    print_replayed(replayed)


@cli.command("import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.warc.gz...",
)
@click.pass_obj
def import_warc(place: Place, files: tuple[Path, ...]) -> None:
    """Take the pages of WARC files of other crawlers as if they had been crawled.

    Stopped at any moment, the same command goes on where it was.
    """
    portals, archive = load_checked(place.portals).portals, Archive(place.archive)
    with open_store(place.store) as store, watched("Importing (bytes)") as progress:
        replayed = import_files(store, archive, portals, files, progress)
    archive.close()
    print_replayed(replayed)


@cli.command("forget")
@click.argument("target", metavar="URL|PORTAL")
@click.option("--reason", required=True, help="Why, in your words; kept with the address.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def forget_for_ever(place: Place, target: str, reason: str, yes: bool) -> None:
    """Take an article, or all of a portal, out of store, archive and index, and fetch it no more.

    By any address of the article, or by the portal's id.
    """
    portals = load_checked(place.portals).portals
    with open_store(place.store) as store:
        portal, url = to_forget(store, portals, target)
        if not yes:
            what = f"{url} ({portal.id})" if url else f"everything of the portal {portal.id}"
            click.confirm(f"Forget {what}? This cannot be undone.", abort=True)
        done = forget(store, place.archive, portal, url, reason)
    console.print(
        f"forgotten: {done.articles} articles, {done.addresses} addresses,"
        f" {done.attachments} attachments, {done.records} records of the archive"
    )
    if place.whoosh.exists():
        with watched("Indexing") as progress:
            build_index(place, portals, progress=progress)


@cli.command()
@click.argument("words", nargs=-1)
@click.option("--ward", "wards", multiple=True, metavar="SLUG")
@click.option("--province", "provinces", multiple=True, metavar="SLUG")
@click.option("--topic", "topics", multiple=True, metavar="SLUG")
@click.option("--source", "sources", multiple=True, metavar="PORTAL")
@click.option("--type", "types", multiple=True, metavar="SLUG")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day, as 2025-07-01.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day, as 2025-12-31.")
@click.option("--sort", type=click.Choice(SORTS))
@click.option("--page", type=click.IntRange(1), default=1)
@click.option("--literal", is_flag=True, help="No widening: accents and abbreviations as typed.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
@click.pass_obj
def search(place: Place, /, words: tuple[str, ...], as_json: bool, **fields: Any) -> None:
    """Search in the terminal. WORDS as in the page: words, "a phrase", -without."""
    for name in ("since", "until"):
        fields[name] = fields[name] and fields[name].date()
    query = Query(text=" ".join(words), **fields)
    results = open_searcher(place.whoosh, place.store).search(query)
    if as_json:
        print(json.dumps(dataclasses.asdict(results), default=str, ensure_ascii=False, indent=2))
    else:
        print_results(results, query.page)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True)
@click.pass_obj
def serve(place: Place, host: str, port: int, workers: int) -> None:
    """Serve the search page."""
    loaded = load_portals(place.portals) if place.portals.exists() else Portals("", ())
    config = {
        "INDEX": place.whoosh,
        "STORE": place.store,
        "SOURCES": sources_of(loaded.portals),
        "PORTALS": loaded.portals,
        "CONTACT": loaded.contact,
    }
    console.print(f"Serving at http://{host}:{port} (Ctrl-C to stop)")
    serve_app(lambda: create_app(config), host, port, workers)


@cli.command("try")
@click.argument("page", metavar="URL-OR-FILE")
@click.option("--portal", "portal_id", metavar="ID", help="Read it as a page of this portal.")
@click.pass_obj
def try_page(place: Place, page: str, portal_id: str | None) -> None:
    """Show what would be extracted from one page, and why. Nothing is stored."""
    loaded = load_portals(place.portals) if place.portals.exists() else Portals("", ())
    portal = portal_of(loaded, place, page, portal_id)
    if Path(page).is_file():
        fetched = page_of_file(Path(page))
    else:
        fetched = fetch(portal, canonical(page) or page, loaded.contact)
    parsed = parse(fetched)
    if parsed is None:
        raise click.ClickException(f"{page}: the page is empty or not HTML")
    extraction = extract(parsed, portal)
    print_extraction(extraction, Annotator(load_gazetteer(), sources_of([portal])))
    if extraction.article is None:
        sys.exit(1)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@click.pass_obj
def status(place: Place, as_json: bool) -> None:
    """How each portal is doing, and what waits to be indexed.

    The states: ok; delayed (due for long, or long without a success); failing (its last crawl gave
    up, and why stands beneath); paused (in portals.toml, or no longer there); never (not crawled
    yet). Times are Vietnam's.
    """
    with open_readonly(place.store) as store:
        states = portal_states(store, load_portals(place.portals).portals, time.time())
        waiting = store.waiting()
    if as_json:
        rows = [dataclasses.asdict(state) for state in states]
        print(json.dumps({"waiting": waiting, "portals": rows}, default=str, ensure_ascii=False))
    else:
        print_status(states, waiting)


@cli.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def demo(port: int) -> None:
    """Crawl five sample portals on loopback, index them and serve the page."""
    if not (ROOT / "tests" / "portals").is_dir():
        raise click.ClickException(
            "the sample portals come with the checkout; run there: make demo"
        )
    rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir()
    place = Place(DEMO.resolve() / "portals.toml", DEMO.resolve() / "index")
    own = [sys.executable, __file__, "--portals", str(place.portals), "--index", str(place.index)]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the demo as Ctrl-C does
    with ExitStack() as stack, suppress(KeyboardInterrupt):
        with step("1/4 Serving five sample portals on loopback"):
            samples = [sys.executable, "-m", "tests.portals", "--portals", str(place.portals)]
            stack.enter_context(running(samples, until=place.portals.exists))
        with step("2/4 Crawling them over HTTP"):
            finish([*own, "crawl", "--all"])
        with step("3/4 Building the index"):
            finish([*own, "index"])
        console.print("4/4 Serving the search page")
        finish([*own, "serve", "--port", str(port)])
    console.print("The demo has ended; nothing of it runs any more.")


@contextmanager
def step(words: str) -> Iterator[None]:
    """Say what is done, and how long it took."""
    console.print(f"[bold]{words}[/bold]")
    started = time.perf_counter()
    yield
    console.print(f"    done in {time.perf_counter() - started:.1f} s")


def finish(command: Sequence[str]) -> None:
    """Run a process to its end; where we are stopped, stop it and wait until it has ended."""
    process = subprocess.Popen(command)
    try:
        code = process.wait()
    finally:
        process.terminate()
        process.wait()
    if code:
        raise click.ClickException(f"{' '.join(command)} ended with {code}")


@contextmanager
def running(command: Sequence[str], until: Callable[[], bool]) -> Iterator[None]:
    """A process that runs as long as the block; the block begins when `until` holds."""
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        while not until():
            if process.poll() is not None:
                raise click.ClickException(f"{' '.join(command)} ended at once")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


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


@cli.group()
def portals() -> None:
    """The portals of portals.toml."""


@portals.command("add")
@click.argument("url")
@click.option("--ward", help='Whose portal it is, as "Phường Việt Hưng"; "" for no single ward.')
@click.option("--province", help="The ward's province, of today or of its time.")
@click.option("--id", "id", help="The portal's id; else one from its host.")
@click.option("--yes", is_flag=True, help="Write the entry without asking.")
@click.option("--allow-private", is_flag=True, help="It is a test site inside this network.")
@click.pass_obj
def add_portal(
    place: Place,
    url: str,
    ward: str | None,
    province: str | None,
    id: str | None,
    yes: bool,
    allow_private: bool,
) -> None:
    """Look at a site, show three of its articles, and write its entry into portals.toml."""
    loaded = load_portals(place.portals) if place.portals.exists() else Portals("", ())
    looked_at = stranger(loaded, url, id, allow_private)
    with watched("Looking around") as progress:
        seen = survey(looked_at, loaded.contact, progress)
    ward, province = whose(seen, ward, province)
    found = replace(looked_at, name=seen.name, ward=ward, province=province)
    print_survey(seen)
    if not seen.samples:
        raise click.ClickException("no article was found; see what a page holds: tinphuong try")
    console.print(Text(f"\nThe entry for {place.portals}:\n\n{entry(found)}"), soft_wrap=True)
    if yes or click.confirm("Write it?"):
        append(place.portals, entry(found), load_checked)
        console.print(f"Written. Next: tinphuong crawl --portal {found.id}")


def stranger(loaded: Portals, url: str, id: str | None, allow_private: bool) -> Portal:
    """The site as a portal that nothing is known of yet."""
    start = canonical(url if "://" in url else f"https://{url}")
    if start is None:
        raise click.BadParameter(f"{url} is no http(s) address")
    host = site(start)
    id = id or id_of(host)
    if any(portal.id == id for portal in loaded.portals):
        raise click.BadParameter(f"{id!r} stands in portals.toml already; choose another --id")
    portal = Portal(id, id, "", "", (start,), (host,), allow_private=allow_private)
    return replace(portal, delay=timedelta(0)) if portal.on_loopback else portal


def whose(seen: Survey, ward: str | None, province: str | None) -> tuple[str, str]:
    """Ward and province of the site: as given, else as its name says without a doubt."""
    gazetteer = load_gazetteer()
    if ward is None:
        text = f"{seen.name}. {seen.text}"
        named = [each.unit for each in mentions(gazetteer, text) if each.start < len(seen.name)]
        if len(set(named)) == 1:
            return named[0].name, province or named[0].province
    elif province and (not ward or gazetteer.find(ward, province)):
        return ward, province
    raise click.ClickException(
        f"{seen.name!r} does not say for certain whose portal it is; "
        'give --ward "Phường …" --province "…" (--ward "" for no single ward)'
    )


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


def tell(words: str) -> None:
    """One line with the time, for a journal."""
    console.print(f"{datetime.now(VIETNAM):%Y-%m-%d %H:%M:%S} schedule: {words}", soft_wrap=True)


def apart(work: Callable[..., None], *arguments: object) -> BaseProcess:
    """A process that does this, started."""
    process = get_context("spawn").Process(target=work, args=arguments)
    process.start()
    return process


def crawl_apart(place: Place, portals: Sequence[Portal], contact: str, keep: Keep) -> None:
    """Crawl, in a process that no Ctrl-C reaches which is meant for its parent."""
    os.setsid()
    with mendable(), suppress(KeyboardInterrupt):  # what was fetched is stored; the rest is due
        report = crawl_portals(portals, place.store, place.archive, contact)
        finish_crawl(place, keep, report)


def index_apart(place: Place, portals: Sequence[Portal]) -> None:
    """Index, in such a process. It may be ended at any moment: a generation is whole or is not."""
    os.setsid()
    with mendable():
        build_index(place, portals)


def finish_crawl(place: Place, keep: Keep, report: CrawlReport) -> None:
    """Print the report and keep the archive to its size; exit with 1 where every portal failed."""
    print_crawl(report)
    with open_store(place.store) as store:
        dropped = prune(place.archive, store, keep, datetime.now(VIETNAM))
    if dropped:
        console.print(f"{dropped} old files of the archive dropped, as portals.toml has it")
    if report.portals and all(outcome.error for outcome in report.portals):
        sys.exit(1)


def build_index(
    place: Place,
    portals: Sequence[Portal],
    rebuild: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Index what the store holds, and print how much that was."""
    sources = sources_of(portals)
    annotator = Annotator(load_gazetteer(), sources)
    started = time.perf_counter()
    with open_store(place.store) as store:
        built = build(store, place.whoosh, annotator.annotate, sources, rebuild, progress)
    seconds = time.perf_counter() - started
    console.print(
        f"{built.added} articles indexed in {seconds:.1f} s; "
        f"generation {built.generation} holds {built.total}"
    )


def load_checked(path: Path) -> Portals:
    """portals.toml, every ward in it known to the gazetteer. Raises PortalsError."""
    loaded = load_portals(path)
    gazetteer = load_gazetteer()
    for number, portal in enumerate(loaded.portals, 1):
        if portal.ward and not gazetteer.find(portal.ward, portal.province):
            expected = f"a ward or commune of {portal.province}, today's or one merged in 2025"
            raise mistake(path, path.read_text(), number, "ward", expected, portal.ward)
    return loaded


def sources_of(portals: Iterable[Portal]) -> dict[str, Source]:
    """What the indexer and the page need to know of each portal, by its id."""
    return {
        portal.id: Source(portal.id, portal.name, portal.ward, portal.province, portal.show)
        for portal in portals
    }


def choose(loaded: Portals, place: Place, ids: Sequence[str], everything: bool) -> list[Portal]:
    """The portals a crawl is for: those named, or all that are not paused, or those due."""
    if unknown := set(ids) - {portal.id for portal in loaded.portals}:
        raise click.BadParameter(f"no portal {min(unknown)!r} in {place.portals}")
    if ids:
        return [portal for portal in loaded.portals if portal.id in ids]
    active = [portal for portal in loaded.portals if not portal.paused]
    if everything or not place.store.exists():
        return active
    with open_readonly(place.store) as store:
        return due_portals(store, active, time.time())


def portal_of(loaded: Portals, place: Place, page: str, portal_id: str | None) -> Portal:
    """The portal a page is read for: the one named, else the one on whose host it lies."""
    for portal in loaded.portals:
        if portal.id == portal_id or (portal_id is None and same_site(page, portal.hosts)):
            return portal
    if portal_id is not None:
        raise click.BadParameter(f"no portal {portal_id!r} in {place.portals}")
    if not Path(page).is_file():
        raise click.ClickException(
            f"{page} is neither a file nor on a host of a portal in {place.portals}; "
            "add its portal there, or save the page and try the file"
        )
    return Portal("try", "try", "", "", (), ())


def to_forget(store: Store, portals: Sequence[Portal], target: str) -> tuple[Portal, str | None]:
    """The portal, with its entry or without one any more, and the address where it is one."""
    known, url = [*known_to(store), *portals], canonical(target)
    if url and (portal := Owners(known).of_url(url)):
        return portal, at_home(url, portal)
    named = [portal for portal in known if portal.id == target]
    if not named:
        raise click.ClickException(f"no portal has the id or the address {target}")
    return named[-1], None


def page_of_file(path: Path) -> Page:
    """A saved page, as if it had been fetched just now."""
    headers = {"content-type": "text/html"}
    return Page(path.resolve().as_uri(), datetime.now(VIETNAM), 200, headers, path.read_bytes())


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


def printed_date(printed: PrintedDate | None) -> str:
    """A date with where it came from and how sure that is."""
    if printed is None:
        return "not printed"
    clock = f" {printed.time:%H:%M}" if printed.time else ""
    return f"{printed.day}{clock} (from {printed.source}, {printed.certainty:.0%} certain)"


def meaning_of(article: Article, annotator: Annotator) -> Iterator[tuple[str, str]]:
    """What the indexer understands of an article, and why."""
    now = article.fetched_at
    document = annotator.annotate(Stored(0, article, now, now, 0))
    yield "wards then", ", ".join(document.wards_then)
    yield "wards today", ", ".join(document.wards)
    yield "provinces", ", ".join(document.provinces)
    for topic in topics_of(article):
        yield "topic", f"{topic.label} ({topic.score:.1f}: {', '.join(topic.phrases)})"
    yield "type", document.type
    yield "numbers", ", ".join(document.numbers)
    for period in document.periods:
        span = f"{period.since} to {period.until}, {period.certainty:.0%} certain"
        yield period.kind, f"{period.words} ({span})"


def print_replayed(replayed: Replayed) -> None:
    """Pages by what they brought; what a person should look at; what to do next."""
    for words, count in sorted(replayed.counts.items(), key=lambda each: -each[1]):
        console.print(f"{count:>8}  {words}")
    for url in replayed.vanished:
        console.print(Text(f"no longer an article: {url}", "red"), soft_wrap=True)
    for host, count in sorted((replayed.strangers or {}).items(), key=lambda each: -each[1]):
        words = f"{count} pages of {host}: no such portal in portals.toml"
        console.print(words, soft_wrap=True)
    console.print("To show what changed: tinphuong index")


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


def print_status(states: Sequence[PortalState], waiting: int) -> None:
    """A row for each portal; the errors; what all pages were; what to do where something waits."""
    now = datetime.now(VIETNAM)
    table = Table(box=None, pad_edge=False)
    for name in ("portal", "state", "last success", "next run"):
        table.add_column(name, overflow="fold")
    for name in ("articles", "new 24 h", "new 7 d"):
        table.add_column(name, justify="right")
    for state in states:
        due = "now" if state.due and state.due <= now else minute(state.due, now)
        counts = (str(state.articles), str(state.new_24h), str(state.new_7d))
        table.add_row(
            state.portal,
            Text(state.state, STATE_STYLES[state.state]),
            minute(state.succeeded, now),
            due,
            *counts,
        )
    console.print(table)
    for state in states:
        if state.error:
            console.print(Text(f"{state.portal}: {state.error}", "red"), soft_wrap=True)
    console.print(Text(f"pages: {outcomes_of(states)}", "dim"), soft_wrap=True)
    if waiting:
        console.print(f"{waiting} articles wait to be indexed; run: tinphuong index")


def outcomes_of(states: Sequence[PortalState]) -> str:
    """What the pages of all portals were, most frequent first."""
    total = Counter[str]()
    for state in states:
        total.update(state.outcomes)
        total["never fetched"] += state.waiting
    return ", ".join(f"{count} × {outcome}" for outcome, count in total.most_common() if count)


def minute(moment: datetime | None, now: datetime) -> str:
    """Day and time, in Vietnam; the year instead of the time where that is not this year's."""
    if moment is None:
        return "-"
    return f"{moment:%d %b %H:%M}" if moment.year == now.year else f"{moment:%d %b %Y}"


def print_results(results: Results, page: int) -> None:
    """Hits with their marks in bold, then the largest values of each facet."""
    console.print(f"{results.total} articles, page {page} of {results.pages}")
    if results.partial:
        console.print("[dim]no article has all the words; these have most of them[/dim]")
    if results.cut:
        console.print("[dim]the query was too long; its end was left out[/dim]")
    for widening in results.widenings:
        console.print(f"[dim]also searched for: {', '.join(widening.meant)}[/dim]")
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


if __name__ == "__main__":
    main()
