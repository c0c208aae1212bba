"""The schedule: portals are crawled when they are due and what changed is indexed, for ever.

A crawl runs in a process of its own, for Scrapy's reactor starts once a process; so does indexing,
which gives its memory back that way. Nothing is remembered here: what is due stands in the store,
so a restart loses nothing and makes up for any number of missed runs with one.

A few processes crawl at once, each a batch of portals, and none for longer than SLICE. What was
not done by then goes on where it was when it is its turn again, so one slow portal, or one process
that hangs, holds up nobody for long.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import Protocol

from crawler.portals import Portal, Portals, PortalsError

TICK = 0.5
"""Seconds between looks at the processes and at the wish to stop."""
LOOK_EVERY = 30.0
"""Seconds between looks at what is due, so that edits of portals.toml are seen as well."""
INDEX_EVERY = 300.0
"""Seconds from the start of one indexing to that of the next, where something waits for it."""

CRAWLS = 3
"""Processes that crawl at once."""
BATCH = 64
"""Portals to a process."""
SLICE = 900.0
"""Seconds after which a crawl is ended, to go on later."""
LONGEST_INDEXING = 6 * 3600.0
"""Seconds after which indexing is ended, to be begun anew: it can only hang."""
STOPPING = 60.0
"""Seconds to end in, for a process that is asked to; the requests under way take 30 at most."""
REST = 600.0
"""Seconds that portals are left whose crawl ended badly, so that a fault does not run in circles
(a full disk, or a crawl by hand that is at the same portal)."""


class Process(Protocol):
    """What is used here of a multiprocessing.Process that was started."""

    @property
    def exitcode(self) -> int | None:
        """None while it runs."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """Make it end."""

    def join(self, timeout: float | None = None) -> None:
        """Wait for its end."""


@dataclass(slots=True)
class Job:
    """A process at work, and the portals it crawls (none: it indexes)."""

    process: Process
    portals: tuple[Portal, ...]
    began: float
    told_to_end: float | None = None

    @property
    def names(self) -> str:
        """What it is at, in a word or two."""
        return ", ".join(portal.id for portal in self.portals) or "the index"


def apart(work: Callable[..., None], *arguments: object) -> Process:
    """A process that does this, started; no Ctrl-C reaches it that is meant for its parent."""
    process = get_context("spawn").Process(target=_apart, args=(work, *arguments))
    process.start()
    return process


def _apart(work: Callable[..., None], *arguments: object) -> None:
    os.setsid()
    work(*arguments)


class PortalsFile:
    """portals.toml as it last was without a mistake; a mistake is told once."""

    def __init__(
        self, path: Path, load: Callable[[Path], Portals], tell: Callable[[str], None]
    ) -> None:
        """Raises PortalsError: there must be one good version to begin with."""
        self.path, self.load, self.tell = path, load, tell
        self.good = load(path)
        self.mistake = ""

    def read(self) -> Portals:
        """The file as it is, else as it was."""
        try:
            self.good, mistake = self.load(self.path), ""
        except PortalsError as error:
            mistake = str(error)
        if mistake != self.mistake:
            self.tell(f"{mistake}; the last good version is used" if mistake else "mended")
        self.mistake = mistake
        return self.good


class Schedule:
    """What runs now, and what is to be started or ended next. `clock` never goes back.

    `due` gives the portals to crawl, those that waited longest first; `crawl` and `index` start a
    process, `index` None where nothing waits for it.
    """

    def __init__(
        self,
        due: Callable[[], Sequence[Portal]],
        crawl: Callable[[Sequence[Portal]], Process],
        index: Callable[[], Process | None],
        tell: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.due, self.crawl, self.index = due, crawl, index
        self.tell, self.clock = tell, clock
        self.jobs: list[Job] = []
        self.resting: dict[str, float] = {}
        self.next_look = self.next_index = clock()

    def step(self) -> None:
        """Note what has ended, end what takes too long, start what is to be started."""
        now = self.clock()
        for job in [job for job in self.jobs if job.process.exitcode is not None]:
            self._ended(job, now)
        for job in self.jobs:
            self._hurry(job, now)
        if now >= self.next_look:
            self.next_look = now + LOOK_EVERY
            self._start_index(now)
            self._start_crawls(now)

    def end(self) -> None:
        """End all that runs, and wait until it has ended."""
        for job in self.jobs:
            job.process.terminate()
        until = self.clock() + STOPPING
        for job in self.jobs:
            job.process.join(max(0.0, until - self.clock()))
            job.process.kill()
            job.process.join()

    def _ended(self, job: Job, now: float) -> None:
        self.jobs.remove(job)
        if job.process.exitcode and job.told_to_end is None:
            self.tell(f"{job.names}: ended with {job.process.exitcode}")
            self.resting.update({portal.id: now + REST for portal in job.portals})

    def _hurry(self, job: Job, now: float) -> None:
        if job.told_to_end is not None:
            if now - job.told_to_end > STOPPING:
                job.process.kill()
        elif now - job.began > (SLICE if job.portals else LONGEST_INDEXING):
            job.told_to_end = now
            job.process.terminate()

    def _start_index(self, now: float) -> None:
        if now < self.next_index or any(not job.portals for job in self.jobs):
            return
        if process := self.index():
            self.next_index = now + INDEX_EVERY
            self.jobs.append(Job(process, (), now))

    def _start_crawls(self, now: float) -> None:
        busy = {portal.id for job in self.jobs for portal in job.portals}
        rested = [each for each in self.due() if self.resting.get(each.id, 0.0) <= now]
        waiting = [portal for portal in rested if portal.id not in busy]
        free = CRAWLS - sum(bool(job.portals) for job in self.jobs)
        for start in range(0, min(len(waiting), free * BATCH), BATCH):
            batch = tuple(waiting[start : start + BATCH])
            self.jobs.append(Job(self.crawl(batch), batch, now))


def run_for_ever(schedule: Schedule) -> None:
    """Keep the schedule until SIGTERM or SIGINT; whatever happens, nothing that it started stays.

    Call it in the main thread.
    """
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        while not stop.is_set():
            schedule.step()
            time.sleep(TICK)
    finally:
        schedule.end()
