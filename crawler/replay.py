"""Replay: what pages that were fetched before say now, without one request.

Pages of our own archive are read again by today's rules; pages of other crawlers' WARC files are
taken as if they had been crawled on the day they were. Nothing older replaces anything newer: an
older text becomes a revision. An article that its portal took down stays hidden.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from crawler import attached, captures
from crawler.archive import PACKING, Archive, Damaged, read_capture
from crawler.article import VIETNAM, Article
from crawler.captures import Captured
from crawler.codings import TooLarge, archived
from crawler.frontier import Address, Frontier, as_fetched, named
from crawler.owners import Owners, at_home
from crawler.page import Page
from crawler.portals import Portal
from crawler.reading import Found, Read, Reading, with_file
from crawler.samples import Samples
from crawler.store import Store, from_record, to_record
from crawler.urls import canonical, site
from crawler.warc import Broken, Member, Record, members, records_of

BATCH = 100
"""Pages that are read before they are stored in one transaction."""

BATCH_BYTES = 20_000_000

LARGEST = 10 * 1024 * 1024
"""Bytes of a page of another crawler, unpacked; as in a crawl."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it: pages by what they brought, in words, and for a person to look at: the
    articles that are none by today's rules, and the hosts of pages without a portal."""

    counts: Mapping[str, int]
    vanished: tuple[str, ...] = ()
    strangers: Mapping[str, int] | None = None


# --- our own archive -------------------------------------------------------------------------


def extract_all(
    store: Store,
    folder: Path,
    portals: Sequence[Portal],
    progress: Progress | None = None,
    read: Read | None = None,
) -> Replayed:
    """Read the newest capture of every address again, and store what says something else.

    `progress` is told addresses done and addresses known. An article that today's rules no longer
    see as one is reported and left as it is: the fault may be the rule's.
    """
    owners, read = Owners(portals), read or Samples(store).read
    captures.catalogue(store, folder, owners.id_of)
    named = {portal.id: portal for portal in portals}
    again, done, total = _Again(store), 0, captures.count(store)
    for batch in _batches(captures.newest_first(store), BATCH):
        read_again = [
            (captured, _reading(folder, named.get(captured.portal), captured, read))
            for captured in batch
        ]
        with store.transaction():
            for captured, reading in read_again:
                again.take(captured, reading)
        done += len(batch)
        if progress:
            progress(done, total)
    return Replayed(again.counts, tuple(again.vanished))


def _reading(folder: Path, portal: Portal | None, captured: Captured, read: Read) -> Reading | str:
    """What the page says, or why it says nothing."""
    if portal is None:
        return "of no portal in portals.toml"
    try:
        page = read_capture(folder, captured.capture)
        return with_file(read(page, portal), page)
    except Damaged:
        return "damaged"


class _Again:
    """Takes readings of the archive, the newest first, so the first of an article is the one."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.frontier = Frontier(store)
        self.counts = Counter[str]()
        self.vanished: list[str] = []
        self.seen = set[tuple[str, str]]()

    def take(self, captured: Captured, reading: Reading | str) -> None:
        """Store what the newest capture of an address says now."""
        if isinstance(reading, str):
            self.counts[reading] += 1
            return
        address = self.frontier.known(captured.portal, captured.url)
        if reading.article:
            self.counts[self._put(named(self.store, address, reading.article))] += 1
        elif address and address.article:
            self._without(captured.url, address.article, reading)
        elif reading.file:
            attached.note(self.store, captured.portal, captured.url, reading.content, reading.file)
            self.counts["attachment"] += 1
        else:
            self.counts["no article"] += 1

    def _put(self, article: Article) -> str:
        key = (article.portal, article.identity)
        if key in self.seen:
            return "another address of an article"
        self.seen.add(key)
        return put(self.store, article, older_too=False)

    def _without(self, url: str, article: int, reading: Reading) -> None:
        if reading.noindex:
            self.store.withdraw(article, datetime.now(VIETNAM))
            self.counts["hidden by the page's own wish"] += 1
        else:
            self.vanished.append(url)
            self.counts["no longer an article"] += 1


# --- archives of others ----------------------------------------------------------------------


def import_files(
    store: Store,
    archive: Archive,
    portals: Sequence[Portal],
    files: Sequence[Path],
    progress: Progress | None = None,
    read: Read | None = None,
) -> Replayed:
    """Take the pages of WARC files, plain or gzipped, as if they had been crawled.

    How far a file was read is committed with its pages, so that after a kill the same call goes
    on where it was; a file that was read to its end is passed over. `progress` is told bytes read
    and bytes in all. Raises OSError where a file cannot be read.
    """
    captures.trim(store, archive.folder)
    taker = _Import(store, archive, portals, read or Samples(store).read)
    sizes = [file.stat().st_size for file in files]
    for number, file in enumerate(files):
        before = sum(sizes[:number])
        for offset in taker.file(file, sizes[number]):
            if progress:
                progress(before + offset, sum(sizes))
    return Replayed(taker.counts, strangers=taker.strangers)


class _Import:
    """Takes files one after the other, batch by batch."""

    def __init__(
        self, store: Store, archive: Archive, portals: Sequence[Portal], read: Read
    ) -> None:
        self.store = store
        self.frontier = Frontier(store)
        self.archive = archive
        self.owners = Owners(portals)
        self.read = read
        self.counts = Counter[str]()
        self.strangers = Counter[str]()

    def file(self, path: Path, size: int) -> Iterator[int]:
        """Read one file from where it was left; yields the bytes read, after each commit."""
        name = str(path.resolve())
        row = self.store.connection.execute(
            "SELECT offset FROM imports WHERE file = ? AND size = ?", (name, size)
        ).fetchone()
        offset = row[0] if row else 0
        if offset == size:
            self.counts["files read before"] += 1
        for batch in _small_batches(members(path, offset)):
            pages = [each for member in batch for each in self._pages(member)]
            readings = [
                (portal, page, with_file(self.read(page, portal), page)) for portal, page in pages
            ]
            offset = batch[-1].offset + batch[-1].length
            with self.store.transaction() as connection:
                for portal, page, reading in readings:
                    self.counts[self._take(portal, page, reading)] += 1
                connection.execute(
                    "INSERT OR REPLACE INTO imports VALUES (?, ?, ?, ?)",
                    (name, size, offset, time.time() if offset == size else None),
                )
                self.archive.sync()
            yield offset

    def _pages(self, member: Member) -> Iterator[tuple[Portal, Page]]:
        """The pages of portals in a member; the rest is counted."""
        if member.fault:
            self.counts[f"broken: {member.fault}"] += 1
        try:
            for record in records_of(member.data):
                yield from self._page(record)
        except Broken:
            self.counts["broken: not a WARC record"] += 1

    def _page(self, record: Record) -> Iterator[tuple[Portal, Page]]:
        answer, url = record.answer, canonical(record.url)
        if answer is None or url is None:
            self.counts["other records"] += 1
            return
        portal = self.owners.of_url(url)
        if portal is None:
            self.strangers[site(url)] += 1
        elif answer.status != 200:
            self.counts["other answers than 200"] += 1
        elif record.truncated:
            self.counts["cut short by their crawler"] += 1
        else:
            try:
                page = _as_fetched(record, at_home(url, portal))
            except (ValueError, TooLarge) as error:
                self.counts[f"broken: {error}"] += 1
            else:
                yield portal, page

    def _take(self, portal: Portal, page: Page, reading: Reading) -> str:
        """Archive and store one page; what it was, in words."""
        address = self._address(portal, page)
        key = reading.article.identity if reading.article else address.key
        if self.store.is_forgotten(portal.id, page.url, key):
            return "forgotten on request"
        if reading.kind is None:
            return reading.outcome
        digest = hashlib.sha256(page.body).hexdigest()
        noted = captures.is_noted(self.store.connection, portal.id, page)
        if noted or digest == address.sha256:
            return "fetched before"
        if not reading.noarchive:
            captures.note(self.store.connection, portal.id, page, self.archive.write(page))
        article = reading.article and named(self.store, address, reading.article)
        outcome = put(self.store, article, older_too=True) if article else reading.kind
        self._note(portal, page, reading, address, article, outcome, digest)
        return outcome

    def _address(self, portal: Portal, page: Page) -> Address:
        """The row of the page's address, made where there is none and it may be crawled."""
        start = Address(portal.id, portal.start[0], portal.start[0], "start", 0)
        known = self.frontier.known(portal.id, page.url)
        if known is None:
            self.frontier.add(portal, [Found(page.url)], start, time.time())
            known = self.frontier.known(portal.id, page.url)
        return known or replace(start, url=page.url, key=page.url, kind="listing")

    def _note(
        self,
        portal: Portal,
        page: Page,
        reading: Reading,
        address: Address,
        article: Article | None,
        outcome: str,
        digest: str,
    ) -> None:
        """Tell the frontier what a crawl on that day would have, unless it knows newer."""
        self.frontier.add(portal, reading.found, address, time.time())
        then = page.fetched_at.timestamp()
        row = self.store.connection.execute(
            "SELECT 1 FROM addresses WHERE portal = ? AND url = ? AND fetched_at >= ?",
            (portal.id, page.url, then),
        ).fetchone()
        if row is None and reading.file:
            attached.note(self.store, portal.id, page.url, digest, reading.file)
        if row is None and reading.kind is not None:
            kind = address.kind if address.kind == "start" else reading.kind
            what = as_fetched(page, reading, kind, digest, article, new=outcome == "new")
            self.frontier.fetched(portal, address, what, then)


def _as_fetched(record: Record, url: str) -> Page:
    """The page as our own spider would have handed it over. Raises ValueError or TooLarge."""
    assert record.answer is not None
    when = datetime.fromisoformat(record.date)
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    if when > datetime.now(UTC):
        raise ValueError("a date to come")
    headers = {name: v for name, v in record.answer.headers.items() if name not in PACKING}
    body = archived(record.answer.body, record.answer.headers, LARGEST)
    return Page(url, when.astimezone(VIETNAM), 200, headers, body)


# --- what both do ----------------------------------------------------------------------------


def put(store: Store, article: Article, older_too: bool) -> str:
    """Store an article that was fetched before now; what came of it, in words.

    An older text than the stored one becomes a revision, or nothing where `older_too` is false.
    Call it inside store.transaction().
    """
    row = store.connection.execute(
        "SELECT id, CAST(record AS BLOB), sha256(CAST(record AS BLOB)) = checksum, withdrawn_at"
        " FROM articles WHERE portal = ? AND identity = ?",
        (article.portal, article.identity),
    ).fetchone()
    if row is None:
        return store.put(article)
    number, record, sound, withdrawn_at = row
    stored = from_record(record.decode()) if sound else None  # else damaged on the disk
    if stored and stored.fetched_at > article.fetched_at:
        return _older(store, number, stored, article) if older_too else "older"
    if stored and stored.sha256 == article.sha256:
        return _refresh(store, number, stored, article)
    outcome = store.put(article)
    if withdrawn_at and withdrawn_at > article.fetched_at.isoformat():  # it stays hidden
        store.connection.execute(
            "UPDATE articles SET withdrawn_at = ? WHERE id = ?", (withdrawn_at, number)
        )
    return outcome


def _refresh(store: Store, number: int, stored: Article, article: Article) -> str:
    """The same text: only what stands beside it is renewed, and no revision is made of that."""
    renewed = replace(article, url=stored.url, fetched_at=stored.fetched_at)
    if renewed == stored:
        return "same"
    store.connection.execute(
        "UPDATE articles SET record = ?1, checksum = sha256(CAST(?1 AS BLOB)),"
        " change = (SELECT max(change) + 1 FROM articles) WHERE id = ?2",
        (to_record(renewed), number),
    )
    return "renewed"


def _older(store: Store, number: int, stored: Article, article: Article) -> str:
    """Put an older text where it belongs among the revisions, unless it is there."""
    rows = store.connection.execute("SELECT record FROM revisions WHERE article = ?", (number,))
    versions = [stored, *(from_record(record) for (record,) in rows)]
    seen = article.fetched_at.isoformat()
    store.connection.execute(
        "UPDATE articles SET first_seen = min(first_seen, ?) WHERE id = ?", (seen, number)
    )
    if article.sha256 in {version.sha256 for version in versions}:
        return "same"
    after = min(each.fetched_at for each in versions if each.fetched_at > article.fetched_at)
    store.connection.execute(
        "INSERT INTO revisions VALUES (?1, ?2, ?3, ?4, sha256(CAST(?4 AS BLOB)))",
        (number, after.isoformat(), article.sha256, to_record(article)),
    )
    return "older"


def _batches(each: Iterable[Captured], size: int) -> Iterator[list[Captured]]:
    iterator = iter(each)
    while batch := list(islice(iterator, size)):
        yield batch


def _small_batches(each: Iterable[Member]) -> Iterator[list[Member]]:
    """Members in rows of BATCH, or of fewer that hold BATCH_BYTES."""
    batch, size = list[Member](), 0
    for member in each:
        batch.append(member)
        size += len(member.data)
        if len(batch) >= BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
