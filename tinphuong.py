"""The front door: the `tinphuong` command. It composes the rooms and hands functions down.

Everything a command works on lies in two places, options of the group: the file of portals
(--portals) and the folder of store and index (--index). Exit codes: 0 done, 1 could not, 2 the
command was called wrongly.
"""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Any

import click

from crawler.archive import Archive
from crawler.article import VIETNAM
from crawler.audit import audit as audit_store
from crawler.audit import give_up
from crawler.captures import prune
from crawler.entry import append, entry
from crawler.extract import extract
from crawler.forget import Unfinished
from crawler.forget import forget as forget_in
from crawler.frame import NOTHING, Frame
from crawler.health import due_portals, portal_states
from crawler.lane import without_contact
from crawler.locks import Locks
from crawler.owners import meant
from crawler.page import Page, parse
from crawler.portals import Keep, Portal, Portals, PortalsError, load_portals, mistake
from crawler.replay import extract_all, import_files
from crawler.samples import Samples
from crawler.schedule import PortalsFile, Process, Schedule, apart, run_for_ever
from crawler.spider import CrawlReport, Unfetched, fetch, survey
from crawler.spider import crawl as crawl_portals
from crawler.store import (
    Store,
    StoreMissing,
    StoreTooNew,
    disk_is_full,
    file_is_damaged,
    open_readonly,
    open_store,
)
from crawler.survey import Survey, stranger
from crawler.urls import canonical, same_site
from indexer.backup import NotEmpty, Parts, copy_all
from indexer.build import IndexBusy, build, is_damaged
from indexer.document import Annotator, Source
from indexer.generations import IndexDamaged, current_generation
from indexer.mentions import mentions
from indexer.query import SORTS, Query
from indexer.results import TooSlow
from indexer.search import IndexMissing, open_searcher
from indexer.topic_model import LEAST, load_model, train
from indexer.verify import audit as audit_index
from indexer.verify import audit_is_due, drift
from indexer.wards import load_gazetteer
from webui import create_app
from webui.server import serve as serve_app
from webui.terminal import (
    console,
    print_audit,
    print_comparisons,
    print_copied,
    print_counts,
    print_crawl,
    print_entry,
    print_extraction,
    print_json,
    print_replayed,
    print_results,
    print_status,
    print_survey,
    print_verified,
    step,
    tell,
    watched,
)

ROOT = Path(__file__).parent

DEMO = Path("demo")
"""Where `tinphuong demo` keeps its portals file, store and index; made anew at each start."""


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

    @property
    def topics(self) -> Path:
        """What `tinphuong topics train` learned."""
        return self.index / "topics.json"

    @property
    def parts(self) -> Parts:
        """What a backup holds."""
        return Parts(self.store, self.archive, self.whoosh, self.topics)


MENDABLE = (
    PortalsError,
    Unfetched,
    StoreMissing,
    StoreTooNew,
    IndexMissing,
    IndexBusy,
    IndexDamaged,
    TooSlow,
    Unfinished,
    NotEmpty,
)
"""Errors whose text tells what is wrong and what to do."""


def main() -> None:
    """Run the command."""
    with mendable():
        cli(prog_name="tinphuong")


@contextmanager
def mendable() -> Iterator[None]:
    """What a reader can mend is one line on standard error and exit code 1."""
    try:
        yield
    except MENDABLE as error:
        sys.exit(f"tinphuong: {error}")
    except (OSError, sqlite3.DatabaseError) as error:
        if isinstance(error, OSError | sqlite3.OperationalError) and disk_is_full(error):
            told = "the disk is full; nothing stored is lost: make room and run it again"
        elif isinstance(error, sqlite3.DatabaseError) and file_is_damaged(error):
            told = f"the store is damaged ({error}); docs/operating.md says what to do"
        else:
            raise
        sys.exit(f"tinphuong: {told}")


class InOrder(click.Group):
    """Lists its commands in the order in which a newcomer needs them: that of this file."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=InOrder)
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


@cli.group()
def portals() -> None:
    """Add a portal to portals.toml."""


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
    """Look at a site before crawling it.

    Shows its family and three of its articles, and asks before it writes an entry.
    """
    loaded = loaded_or_none(place)
    try:
        looked_at = stranger(url, id, allow_private)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if any(portal.id == looked_at.id for portal in loaded.portals):
        raise click.BadParameter(f"{looked_at.id!r} stands in {place.portals}; choose another --id")
    with watched("Looking around") as progress:
        seen = survey(looked_at, loaded.contact, place.store, progress)
    print_survey(seen)
    if not seen.samples:
        raise click.ClickException("no article was found; see what a page holds: tinphuong try")
    ward, province = whose(seen, ward, province)
    proposed = entry(replace(looked_at, name=seen.name, ward=ward, province=province))
    print_entry(place.portals, proposed)
    if not yes and not click.confirm("Write it?"):
        console.print("Nothing was written.")
        return
    append(place.portals, proposed, load_checked)
    console.print(f"Written. Next: tinphuong crawl --portal {looked_at.id}")


@cli.command("try")
@click.argument("page", metavar="URL-OR-FILE")
@click.option("--portal", "portal_id", metavar="ID", help="Read it as a page of this portal.")
@click.pass_obj
def try_page(place: Place, page: str, portal_id: str | None) -> None:
    """Show what is taken from a page, and why; stores nothing."""
    loaded = loaded_or_none(place)
    portal = portal_of(loaded, place, page, portal_id)
    if Path(page).is_file():
        fetched = page_of_file(Path(page))
    else:
        fetched = fetch(portal, canonical(page) or page, loaded.contact, place.store)
    parsed = parse(fetched)
    if parsed is None:
        raise click.ClickException(f"{page}: the page is empty or not HTML")
    extraction = extract(parsed, portal, frame_of(place, portal))
    annotator = Annotator(load_gazetteer(), sources_of([portal]), load_model(place.topics))
    print_extraction(extraction, annotator)
    if extraction.article is None:
        sys.exit(1)


def frame_of(place: Place, portal: Portal) -> Frame:
    """What was learned of what the portal's pages repeat; nothing where nothing is stored."""
    try:
        with open_readonly(place.store) as store:
            return Samples(store).frame(portal.id)
    except StoreMissing:
        return NOTHING


@cli.command()
@click.option("--portal", "ids", multiple=True, metavar="ID", help="Only this portal; repeatable.")
@click.option("--all", "everything", is_flag=True, help="Every portal, due or not.")
@click.pass_obj
def crawl(place: Place, ids: tuple[str, ...], everything: bool) -> None:
    """Fetch what is due and store the articles."""
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


@cli.group()
def topics() -> None:
    """How topics are told."""


@topics.command("train")
@click.pass_obj
def train_topics(place: Place) -> None:
    """Learn topics from the sections of portals; a topic is used where it beats the phrases."""
    with open_readonly(place.store) as store:
        model, compared = train(stored.article for stored in store.all_articles())
    if not compared:
        console.print(f"No topic has {LEAST} articles in sections of its name: nothing is learned.")
        return
    model.save(place.topics)
    print_comparisons(compared)
    console.print("F1 on articles set aside. To have the index use it: tinphuong index --rebuild")


@cli.command()
@click.pass_obj
def schedule(place: Place) -> None:
    """Crawl what is due and index what changed, for ever.

    One at a time over an index; SIGTERM or Ctrl-C ends it and all it started.
    """
    locks = Locks(place.locks)
    if not locks.take("schedule"):
        raise click.ClickException(f"a schedule is at work on {place.index} already")
    file = PortalsFile(place.portals, load_checked, tell)

    def due() -> list[Portal]:
        loaded = file.read()
        allowed = [each for each in loaded.portals if not without_contact(each, loaded.contact)]
        with open_store(place.store) as store:
            return due_portals(store, allowed, time.time())

    def crawl(portals: Sequence[Portal]) -> Process:
        return apart(crawl_apart, place, portals, file.good.contact, file.good.archive)

    def index() -> Process | None:
        if audit_is_due(place.whoosh):
            return apart(audit_apart, place)
        with open_store(place.store) as store:
            waiting = store.waiting() or is_damaged(place.whoosh)
        return apart(index_apart, place, file.good.portals) if waiting else None

    tell(f"keeping {len(file.good.portals)} portals up to date (SIGTERM or Ctrl-C to stop)")
    run_for_ever(Schedule(due, crawl, index, tell))
    tell("stopped")


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
        print_json(results)
    else:
        print_results(results, query.page)


def host_and_port(
    _context: click.Context, _parameter: click.Parameter, given: str | None
) -> tuple[str, int] | None:
    """The address of an option. Raises BadParameter where it is none."""
    if given is None:
        return None
    host, _, port = given.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise click.BadParameter(f"{given!r} is not HOST:PORT, as 127.0.0.1:9100")
    return host.strip("[]"), int(port)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True)
@click.option(
    "--rate",
    type=click.FloatRange(0),
    default=10,
    show_default=True,
    help="Requests a second that one address may make; 0 for any number.",
)
@click.option(
    *("--trusted-proxies", "proxies"),
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Proxies before this server, whose X-Forwarded-For tells who asks.",
)
@click.option(
    "--metrics",
    metavar="HOST:PORT",
    callback=host_and_port,
    help="Tell Prometheus metrics at this address, and at no other.",
)
@click.pass_obj
def serve(
    place: Place,
    host: str,
    port: int,
    workers: int,
    rate: float,
    proxies: int,
    metrics: tuple[str, int] | None,
) -> None:
    """Serve the search page."""
    loaded = loaded_or_none(place)
    config = {
        "INDEX": place.whoosh,
        "STORE": place.store,
        "SOURCES": sources_of(loaded.portals),
        "PORTALS": loaded.portals,
        "CONTACT": loaded.contact,
        "REQUESTS_PER_SECOND": rate,
        "TRUSTED_PROXIES": proxies,
    }
    console.print(f"Serving at http://{host}:{port} (Ctrl-C to stop)")
    serve_app(lambda: create_app(config), host, port, workers, metrics)


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
        print_json({"waiting": waiting, "portals": states})
    else:
        print_status(states, waiting)


@cli.command()
@click.pass_obj
def audit(place: Place) -> None:
    """Check that the store is still what was written.

    Names each damaged article and what to do; exit code 1 where there is one.
    """
    with open_readonly(place.store) as store:
        found = audit_store(store)
    print_audit(found)
    if found.damaged or found.file != "ok":
        sys.exit(1)


@cli.command()
@click.pass_obj
def verify(place: Place) -> None:
    """Check that the index is still what was written, and holds what the store holds.

    Reads every file; what is damaged is searched no more. Exit code 1 where something is wrong.
    """
    if current_generation(place.whoosh) is None:
        raise IndexMissing(f"there is no index at {place.whoosh}; run: tinphuong index")
    damaged, found = audit_index(place.whoosh), None
    if not is_damaged(place.whoosh):
        with open_readonly(place.store) as store:
            found = drift(store, place.whoosh)
    print_verified(damaged, found)
    if damaged or found is None or found.told:
        sys.exit(1)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def backup(place: Place, folder: Path) -> None:
    """Copy store, archive and index into FOLDER, all of one moment.

    Crawling and serving may go on. The copy is a folder like the one of --index, and can be
    searched, verified and served where it lies.
    """
    print_copied(copy_all(place.parts, Place(place.portals, folder).parts), folder)


@cli.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_obj
def restore(place: Place, folder: Path) -> None:
    """Put what `tinphuong backup` copied into FOLDER back in its place.

    Where there is a store already, nothing is written.
    """
    print_copied(copy_all(Place(place.portals, folder).parts, place.parts), place.index)


@cli.command("extract")
@click.option("--all", "everything", is_flag=True, help="Everything in the archive.")
@click.pass_obj
def extract_again(place: Place, everything: bool) -> None:
    """Read the archive again by today's rules; no requests.

    Articles that the disk damaged are mended; what the archive no longer holds of them is fetched
    again, whole, by the next crawl.
    """
    if not everything:
        raise click.UsageError("say what: tinphuong extract --all")
    portals = load_checked(place.portals).portals
    with open_store(place.store) as store, watched("Reading") as progress:
        replayed = extract_all(store, place.archive, portals, progress)
        given_up = give_up(store)
    print_replayed(replayed)
    print_counts(given_up)
    console.print("To show what changed: tinphuong index")


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
    """Take in WARC files of other crawlers as if crawled.

    Stopped at any moment, the same command goes on where it was.
    """
    portals = load_checked(place.portals).portals
    with (
        open_store(place.store) as store,
        closing(Archive(place.archive)) as archive,
        watched("Importing (bytes)") as progress,
    ):
        replayed = import_files(store, archive, portals, files, progress)
    print_replayed(replayed)
    console.print("To show what changed: tinphuong index")


@cli.command()
@click.argument("target", metavar="URL|PORTAL")
@click.option("--reason", required=True, help="Why, in your words; kept with the address.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def forget(place: Place, target: str, reason: str, yes: bool) -> None:
    """Take out an article, or all of a portal, for ever.

    By any address of the article, or by the portal's id. It leaves store, archive, index and page
    at once, is never fetched again, and no word of it is kept but its address and your reason.
    """
    portals = load_checked(place.portals).portals
    with open_store(place.store) as store:
        portal, url = to_forget(store, portals, target)
        if not yes:
            what = f"{url} ({portal.id})" if url else f"everything of the portal {portal.id}"
            click.confirm(f"Forget {what}? This cannot be undone.", abort=True)
        done = forget_in(store, place.archive, portal, url, reason)
    print_counts(asdict(done))
    if place.whoosh.exists():
        with watched("Indexing") as progress:
            build_index(place, portals, progress=progress)
    console.print(f"Forgotten: {url or portal.id}")


@cli.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def demo(port: int) -> None:
    """See it work: five sample portals, crawled and served."""
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


def crawl_apart(place: Place, portals: Sequence[Portal], contact: str, keep: Keep) -> None:
    """Crawl, in a process of its own, which the schedule ends after a while to go on later."""
    with mendable():
        try:
            report = crawl_portals(portals, place.store, place.archive, contact)
        except KeyboardInterrupt:
            report = CrawlReport(())
            console.print("a crawl was ended: what it fetched is stored, the rest is due")
        finish_crawl(place, keep, report)


def index_apart(place: Place, portals: Sequence[Portal]) -> None:
    """Index, in such a process. It may be ended at any moment: a generation is whole or is not."""
    with mendable():
        build_index(place, portals)


def audit_apart(place: Place) -> None:
    """Read every checksum of the index, in such a process."""
    with mendable():
        if damaged := audit_index(place.whoosh):
            print_verified(damaged, None)
            sys.exit(1)


def finish_crawl(place: Place, keep: Keep, report: CrawlReport) -> None:
    """Print the report and keep the archive to its size; exit with 1 where every portal failed."""
    if report.portals:
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
    annotator = Annotator(load_gazetteer(), sources, load_model(place.topics))
    started = time.perf_counter()
    with open_store(place.store) as store:
        built = build(store, place.whoosh, annotator.annotate, sources, rebuild, progress)
    seconds = time.perf_counter() - started
    console.print(
        f"{built.added} articles indexed in {seconds:.1f} s; "
        f"generation {built.generation} holds {built.total}"
    )


def loaded_or_none(place: Place) -> Portals:
    """portals.toml, or an empty one where there is none. Raises PortalsError."""
    return load_portals(place.portals) if place.portals.exists() else Portals("", ())


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
    """The portal that is meant, and the address where it is one."""
    found = meant(store, portals, target)
    if found is None:
        raise click.ClickException(
            f"{target} is no address of a portal that was ever crawled or stands in portals.toml, "
            "and no portal's id; to see the ids: tinphuong status"
        )
    return found


def page_of_file(path: Path) -> Page:
    """A saved page, as if it had been fetched just now."""
    headers = {"content-type": "text/html"}
    return Page(path.resolve().as_uri(), datetime.now(VIETNAM), 200, headers, path.read_bytes())


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


if __name__ == "__main__":
    main()
