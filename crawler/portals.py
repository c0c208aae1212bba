"""portals.toml: which sites are crawled, whose ward they are, how often and how gently.

The file is written by hand, so a mistake is refused with file, line, field and what was expected,
and nothing is guessed: an unknown field is a mistake too.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from crawler.layouts import SELECTORS, compiled, load_layouts
from crawler.urls import canonical, site

Tls = Literal["verify", "record", "legacy"]
"""Of a portal's encryption: insist on a certificate that verifies; take what is there and record
its fault; take even versions below TLS 1.2, and record that."""
Show = Literal["snippet", "full"]

SHORTEST_INTERVAL = timedelta(minutes=1)
SHORTEST_DELAY = timedelta(seconds=1)
"""Between two requests to a public host; only a portal with allow_private may go below."""
LONGEST_DELAY = timedelta(minutes=10)

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
BYTES = {"MB": 10**6, "GB": 10**9, "TB": 10**12}


class PortalsError(Exception):
    """The file cannot be used; the text names file, line, field and what was expected."""


@dataclass(frozen=True, slots=True)
class Portal:
    """One site. `ward` and `province` are names as the portal's owner writes them; `ward` is "" for
    the portal of a department or a province, which speaks for no single ward.

    `hosts` are the only ones that are asked, written `host` or `host:port`; none given means the
    hosts of the start pages. `delay` is from the end of an answer to the next request.
    """

    id: str
    name: str
    ward: str
    province: str
    start: tuple[str, ...]
    hosts: tuple[str, ...]
    interval: timedelta = timedelta(hours=6)
    delay: timedelta = timedelta(seconds=5)
    layout: str = "auto"
    tls: Tls = "verify"
    allow_private: bool = False
    paused: bool = False
    show: Show = "snippet"
    selectors: Mapping[str, str] | None = None

    @property
    def on_loopback(self) -> bool:
        """Whether every host is this machine, by its name or number (no name is looked up)."""
        return all(_is_loopback(host) for host in self.hosts)


@dataclass(frozen=True, slots=True)
class Keep:
    """How long and how much of the archive is kept: age, and bytes in all. None: without end."""

    age: timedelta | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Portals:
    """The whole file: the operator's contact ("" where none is given), the portals in order, and
    what is kept of the archive."""

    contact: str
    portals: tuple[Portal, ...]
    archive: Keep = Keep()


def load_portals(path: Path) -> Portals:
    """What the file at `path` says. Raises PortalsError."""
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except FileNotFoundError:
        raise PortalsError(
            f"there is no {path}; copy portals.example.toml to it and choose portals"
        ) from None
    except UnicodeDecodeError as error:
        raise PortalsError(f"{path}: expected UTF-8 text: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise PortalsError(f"{path}: expected TOML: {error}") from None
    return _Reader(path, text).portals(tables)


def line_of(text: str, number: int, field: str) -> int:
    """The line, from 1, of `field` in the `number`-th [[portal]] (0: before any); else its head.

    >>> line_of('contact = "x"\\n[[portal]]\\nid = "a"\\n[[portal]]\\nid = "b"', 2, "id")
    5
    >>> line_of('contact = "x"\\n[[portal]]\\nid = "a"', 1, "ward")
    2
    """
    head, seen = 1, 0
    for line, content in enumerate(text.splitlines(), 1):
        if re.match(r"\s*\[\[\s*portal\s*\]\]", content):
            seen += 1
            if seen == number:
                head = line
        elif seen == number and re.match(rf"\s*\[?(portal\.)?[\"']?{re.escape(field)}\b", content):
            return line
    return head


class _Reader:
    """Walks the tables of one file; knows where it is, to say so."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text

    def portals(self, tables: dict[str, Any]) -> Portals:
        self._only_known(0, tables, ("contact", "archive", "portal"))
        contact = self._contact(tables.get("contact", ""))
        archive = self._archive(tables.get("archive", {}))
        entries = tables.get("portal", [])
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            raise self._error(0, "portal", "entries headed [[portal]]", entries)
        portals: dict[str, Portal] = {}
        for number, entry in enumerate(entries, 1):
            portal = self._portal(number, entry)
            if portal.id in portals:
                raise self._error(number, "id", "an id that no other entry has", portal.id)
            portals[portal.id] = portal
        return Portals(contact, tuple(portals.values()), archive)

    def _contact(self, value: object) -> str:
        expected = "an e-mail address or the http(s) address of a page about this crawler"
        if not isinstance(value, str) or not re.fullmatch(
            r"|[^\s()]+@[^\s()]+|https?://[^\s()]+", value, re.ASCII
        ):
            raise self._error(0, "contact", expected, value)
        return value

    def _archive(self, table: object) -> Keep:
        if not isinstance(table, dict):
            raise self._error(0, "archive", "a table headed [archive]", table)
        self._only_known(0, table, ("keep", "size"))
        age, size = duration(table.get("keep")), _size(table.get("size"))
        if "keep" in table and not age:
            raise self._error(0, "keep", 'a duration such as "730d"', table["keep"])
        if "size" in table and not size:
            raise self._error(0, "size", 'an amount such as "500MB" or "50GB"', table["size"])
        return Keep(age, size)

    def _portal(self, number: int, entry: dict[str, Any]) -> Portal:
        self._only_known(number, entry, tuple(FIELDS))
        missing = next((name for name in REQUIRED if name not in entry), None)
        if missing:
            raise self._error(number, missing, FIELDS[missing][0])
        fields = {name: self._field(number, name, value) for name, value in entry.items()}
        fields["ward"], fields["province"] = fields["ward"]
        hosts = fields.pop("hosts", None) or dict.fromkeys(site(url) for url in fields["start"])
        portal = Portal(hosts=tuple(hosts), **fields)
        self._check_together(number, portal)
        return portal

    def _field(self, number: int, name: str, value: object) -> Any:
        expected, read = FIELDS[name]
        result = read(value)
        if result is None:
            raise self._error(number, name, expected, value)
        return result

    def _check_together(self, number: int, portal: Portal) -> None:
        for url in portal.start:
            if site(url) not in portal.hosts:
                raise self._error(number, "start", f"a page on {', '.join(portal.hosts)}", url)
        layouts = ("auto", *(layout.name for layout in load_layouts()))
        if portal.layout not in layouts:
            raise self._error(number, "layout", f"one of {', '.join(layouts)}", portal.layout)
        if portal.delay < SHORTEST_DELAY and not portal.allow_private:
            expected = "at least 1s for a portal without allow_private"
            raise self._error(number, "delay", expected, str(portal.delay))

    def _only_known(self, number: int, table: dict[str, Any], known: tuple[str, ...]) -> None:
        for name in table:
            if name not in known:
                raise self._error(number, name, f"one of the fields {', '.join(known)}")

    def _error(self, number: int, field: str, expected: str, got: object = None) -> PortalsError:
        return mistake(self.path, self.text, number, field, expected, got)


def mistake(
    path: Path, text: str, number: int, field: str, expected: str, got: object = None
) -> PortalsError:
    """The error for `field` of the `number`-th portal (from 1; 0: outside) in a file's text."""
    found = "" if got is None else f", not {got!r}"
    return PortalsError(
        f"{path}:{line_of(text, number, field)}: {field}: expected {expected}{found}"
    )


def duration(value: object) -> timedelta | None:
    """A number and its unit, as portals.toml writes it; None where it is not that.

    >>> duration("6h"), duration("0s"), duration("6 hours")
    (datetime.timedelta(seconds=21600), datetime.timedelta(0), None)
    """
    match = re.fullmatch(r"(\d{1,6})([smhd])", value) if isinstance(value, str) else None
    return timedelta(**{UNITS[match[2]]: int(match[1])}) if match else None


def _size(value: object) -> int | None:
    match = re.fullmatch(r"(\d{1,6})([MGT]B)", value) if isinstance(value, str) else None
    return int(match[1]) * BYTES[match[2]] if match else None


def _interval(value: object) -> timedelta | None:
    interval = duration(value)
    return interval if interval and interval >= SHORTEST_INTERVAL else None


def _delay(value: object) -> timedelta | None:
    delay = duration(value)
    return delay if delay is not None and delay <= LONGEST_DELAY else None


def _id(value: object) -> str | None:
    good = isinstance(value, str) and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value)
    return str(value) if good else None


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _one_of(choices: tuple[str, ...]) -> Callable[[object], str | None]:
    return lambda value: value if isinstance(value, str) and value in choices else None


def _ward(value: object) -> tuple[str, str] | None:
    if not isinstance(value, dict) or set(value) != {"name", "province"}:
        return None
    name, province = value["name"], _text(value["province"])
    return (name.strip(), province) if isinstance(name, str) and province else None


def _pages(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not value:
        return None
    addresses = [canonical(each) if isinstance(each, str) else None for each in value]
    return tuple(each for each in addresses if each) if all(addresses) else None


def _hosts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not value:
        return None
    good = all(
        isinstance(each, str) and re.fullmatch(r"[\w.-]+(:\d{1,5})?", each) for each in value
    )
    return tuple(each.lower() for each in value) if good else None


def _selectors(value: object) -> dict[str, str] | None:
    if not isinstance(value, dict) or not set(value) <= {*SELECTORS}:
        return None
    try:
        compiled(value)
    except (SyntaxError, TypeError):  # no CSS; no text
        return None
    return value


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


REQUIRED = ("id", "name", "ward", "start")
FIELDS: Mapping[str, tuple[str, Callable[[object], Any]]] = {
    "id": ("small letters, digits and single hyphens", _id),
    "name": ("the portal's name", _text),
    "ward": ('{ name = "Phường …", province = "…" }, name "" for no single ward', _ward),
    "start": ("a list of http(s) addresses", _pages),
    "hosts": ('a list of hosts such as "phuong.example.vn" or "127.0.0.2:8001"', _hosts),
    "interval": ('a duration of a minute or more, such as "6h" or "2d"', _interval),
    "delay": ('a duration of at most ten minutes, such as "5s"', _delay),
    "layout": ("the name of a layout, or auto", _text),
    "tls": (f"one of {', '.join(get_args(Tls))}", _one_of(get_args(Tls))),
    "allow_private": ("true or false", _flag),
    "paused": ("true or false", _flag),
    "show": (f"one of {', '.join(get_args(Show))}", _one_of(get_args(Show))),
    "selectors": (f"a table of CSS selectors for any of {', '.join(SELECTORS)}", _selectors),
}
