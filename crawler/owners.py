"""Owners: whose page is this? With or without www, by http or https, it is one portal's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.portals import Portal
from crawler.store import Store
from crawler.urls import canonical, site


class Owners:
    """Portals by their hosts."""

    def __init__(self, portals: Sequence[Portal]) -> None:
        self.of = {_bare(host): portal for portal in portals for host in portal.hosts}

    def of_url(self, url: str) -> Portal | None:
        """The portal of a canonical address."""
        return self.of.get(_bare(site(url)))

    def id_of(self, url: str) -> str | None:
        """Its id."""
        portal = self.of_url(url)
        return portal.id if portal else None


def known_to(store: Store) -> list[Portal]:
    """The portals that were crawled, as far as the store knows: ids, start pages and hosts.

    For those that have no entry any more.
    """
    rows = store.connection.execute("SELECT portal, url FROM addresses WHERE kind = 'start'")
    starts = defaultdict[str, list[str]](list)
    for portal, url in rows:
        starts[portal].append(url)
    return [
        Portal(id, id, "", "", tuple(urls), tuple(map(site, urls))) for id, urls in starts.items()
    ]


def meant(store: Store, portals: Sequence[Portal], target: str) -> tuple[Portal, str | None] | None:
    """Whom an address or an id means: the portal, with an entry or without one any more, and the
    address as the portal writes it (None: the whole portal). None where nothing is meant."""
    known, url = [*known_to(store), *portals], canonical(target)
    if url and (portal := Owners(known).of_url(url)):
        return portal, at_home(url, portal)
    named = [portal for portal in known if portal.id == target]
    return (named[-1], None) if named else None


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def at_home(url: str, portal: Portal) -> str:
    """A canonical address of a portal as the portal writes it today: its scheme, its host.

    >>> portal = Portal("a", "a", "", "", ("https://xa.example.vn/",), ("xa.example.vn",))
    >>> at_home("http://www.xa.example.vn/tin?id=7", portal)
    'https://xa.example.vn/tin?id=7'
    """
    parts = urlsplit(url)
    hosts = [host for host in portal.hosts if _bare(host) == _bare(parts.netloc)]
    host = parts.netloc if parts.netloc in hosts else hosts[0]
    starts = sorted(portal.start, key=lambda start: site(start) != host)
    return parts._replace(scheme=urlsplit(starts[0]).scheme, netloc=host).geturl()
