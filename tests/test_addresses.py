"""Where requests may go: addresses that are not public, names that lie, and a real canary.

Unit tests first; at the end, one crawl that is lured to the canary in every way of VECTORS.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.resolver import dnscache
from twisted.internet.address import IPv4Address, IPv6Address

from crawler.addresses import Addresses, ExaminedOnly, is_public
from crawler.entry import entry
from crawler.failures import Refused
from crawler.portals import Portal, PortalsError, load_portals
from crawler.spider import CrawlReport, crawl
from crawler.store import open_store
from tests.test_spider import SPAWN, Reply, Site, article, listing


def ask(url: str, portal: Portal) -> str:
    """The address that Addresses lets a request go to; raises as it does."""
    request = Request(url, meta={"portal": portal})
    asyncio.run(Addresses().process_request(request))
    return str(request.meta["address"])


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.0.0.8",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",  # the metadata service of clouds
        "100.64.0.1",  # carrier-grade NAT
        "0.0.0.0",
        "2130706433",  # 127.0.0.1 in decimal
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
    ],
)
def test_an_address_that_is_not_public_is_refused_even_where_listed(host: str) -> None:
    portal = Portal("a", "A", "A", "B", (), (host,))
    with pytest.raises(Refused, match="not a public address; see allow_private"):
        ask(f"http://{host}/", portal)
    assert ask(f"http://{host}/", Portal("a", "A", "A", "B", (), (host,), allow_private=True))


def test_a_name_that_resolves_to_loopback_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    host = "phuong-tro-vao-trong.example.vn"
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *names, **options: found)
    with pytest.raises(Refused, match="not a public address; see allow_private"):
        ask(f"http://{host}/", Portal("a", "A", "A", "B", (), (host,)))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.9/",  # allow_private does not open other hosts
        "http://127.0.0.1:22/",
        "http://user:x@127.0.0.1/",
        "http://127.0.0.1.example.vn/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
    ],
)
def test_only_the_hosts_of_the_portal_are_asked(url: str) -> None:
    portal = Portal("a", "A", "A", "B", (), ("127.0.0.1",), allow_private=True)
    with pytest.raises(Refused, match="none of the portal's hosts"):
        ask(url, portal)


def test_a_public_number_is_let_through() -> None:
    assert ask("http://8.8.8.8/", Portal("a", "A", "A", "B", (), ("8.8.8.8",))) == "8.8.8.8"


class Received:
    """What a resolver tells Twisted."""

    def __init__(self) -> None:
        self.found: list[object] = []
        self.complete = False

    def resolutionBegan(self, resolution: object) -> None:
        assert not self.found

    def addressResolved(self, address: object) -> None:
        self.found.append(address)

    def resolutionComplete(self) -> None:
        self.complete = True


@pytest.mark.parametrize(
    ("name", "examined", "found"),
    [
        ("mau.example.vn", "8.8.8.8", [IPv4Address("TCP", "8.8.8.8", 80)]),
        ("MAU.example.vn", "8.8.8.8", [IPv4Address("TCP", "8.8.8.8", 80)]),
        ("sáu.example.vn", "2606:4700::6", [IPv6Address("TCP", "2606:4700::6", 80)]),
        ("khac.example.vn", None, []),  # never looked up here: the name leads nowhere
    ],
)
def test_a_connection_goes_only_to_what_was_examined(
    name: str, examined: str | None, found: list[object]
) -> None:
    if examined:
        dnscache[name.lower().encode("idna").decode()] = examined
    received = Received()
    ExaminedOnly.__new__(ExaminedOnly).resolveHostName(received, name, 80)
    assert received.complete
    assert received.found == found


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("192.0.2.1", False),  # for documentation
        ("224.0.0.1", False),  # multicast
        ("255.255.255.255", False),
        ("240.0.0.1", False),  # reserved
        ("2606:4700::1111", True),
        ("::1", False),
        ("::1%1", False),
        ("::", False),
        ("fe80::1%eth0", False),  # of one link, with its zone
        ("fc00::1", False),
        ("fec0::1", False),  # of a site, deprecated
        ("ff02::1", False),
        ("::127.0.0.1", False),  # IPv4-compatible, deprecated
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::10.0.0.1", False),  # NAT64
        ("64:ff9b::8.8.8.8", True),
        ("64:ff9b:1::8.8.8.8", False),  # NAT64 of one network
        ("2002:a00:1::", False),  # 6to4 of 10.0.0.1
        ("2002:808:808::", True),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),  # Teredo
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_ipv4_is_preferred_and_ipv6_is_used_where_it_is_all_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    six = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("2606:4700::6", 0, 0, 0))
    four = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.4.4", 0))
    answers = {"hai.example.vn": [six, four], "chi-sau.example.vn": [six]}
    monkeypatch.setattr(socket, "getaddrinfo", lambda name, *more, **options: answers[name])
    for host, address in (("hai.example.vn", "8.8.4.4"), ("chi-sau.example.vn", "2606:4700::6")):
        assert ask(f"http://{host}/", Portal("a", "A", "A", "B", (), (host,))) == address


def test_an_answer_from_another_peer_is_refused() -> None:
    request = Request("http://mau.example.vn/", meta={"address": "8.8.8.8"})
    for peer in (ip_address("8.8.8.8"), None):  # None: nothing was connected to
        response = Response(request.url, ip_address=peer)
        assert Addresses().process_response(request, response) is response
    six = Request("http://mau.example.vn/", meta={"address": "::ffff:8.8.8.8"})
    response = Response(six.url, ip_address=ip_address("::ffff:808:808"))  # spelled otherwise
    assert Addresses().process_response(six, response) is response
    with pytest.raises(Refused, match=r"answered by 127\.0\.0\.1"):
        Addresses().process_response(
            request, Response(request.url, ip_address=ip_address("127.0.0.1"))
        )


# --- a real crawl, and a canary that must never sing ------------------------------------------

PRIVATE = "not a public address"
NO_HOST = "no such host"
NO_ADDRESS = "expected a list of http(s) addresses"

VECTORS: Mapping[str, tuple[str, str]] = {
    # name: (address, why it fails even as a portal's own entry, without allow_private)
    "loopback, 127/8": ("http://127.0.0.1:{port}/", PRIVATE),
    "private, 10/8": ("http://10.0.0.8:{port}/", PRIVATE),
    "private, 172.16/12": ("http://172.16.3.4:{port}/", PRIVATE),
    "private, 192.168/16": ("http://192.168.1.1:{port}/", PRIVATE),
    "metadata of clouds": ("http://169.254.169.254:{port}/", PRIVATE),
    "carrier-grade NAT": ("http://100.64.0.1:{port}/", PRIVATE),
    "this host, 0.0.0.0": ("http://0.0.0.0:{port}/", PRIVATE),
    "IPv6 loopback": ("http://[::1]:{port}/", PRIVATE),
    "IPv4 mapped into IPv6": ("http://[::ffff:127.0.0.1]:{port}/", PRIVATE),
    "IPv6 of one link": ("http://[fe80::1]:{port}/", PRIVATE),
    "IPv6 of one site": ("http://[fd00::1]:{port}/", PRIVATE),
    "NAT64 of 127.0.0.1": ("http://[64:ff9b::7f00:1]:{port}/", PRIVATE),
    "6to4 of 10.0.0.1": ("http://[2002:a00:1::]:{port}/", PRIVATE),
    "decimal": ("http://2130706433:{port}/", PRIVATE),
    "hexadecimal": ("http://0x7f000001:{port}/", PRIVATE),
    "octal": ("http://0177.0.0.1:{port}/", PRIVATE),
    "two parts": ("http://127.1:{port}/", PRIVATE),
    "wide digits": ("http://１２７.0.0.1:{port}/", PRIVATE),
    "a dot behind": ("http://127.0.0.1.:{port}/", NO_HOST),
    "localhost": ("http://localhost:{port}/", PRIVATE),
    "a name for 127.0.0.1": ("http://vao-trong.example.vn:{port}/", PRIVATE),
    "a name with a second answer": ("http://hai.example.vn:{port}/", "connection refused"),
    "a name that changes its answer": ("http://doi.example.vn:{port}/", "connection refused"),
    "user before the host": ("http://{own}@127.0.0.1:{port}/", NO_ADDRESS),
    "user with a backslash": ("http://127.0.0.1:{port}\\@{own}/", NO_ADDRESS),
    "backslash before the user": ("http://{own}\\@127.0.0.1:{port}/", NO_ADDRESS),
    "no scheme": ("//127.0.0.1:{port}/", NO_ADDRESS),
    "a port of another service": ("http://127.0.0.1:22/", PRIVATE),
    "another port of the same host": ("http://{address}:{port}/", PRIVATE),
    "https": ("https://127.0.0.1:{port}/", PRIVATE),
    "file:": ("file://{file}", NO_ADDRESS),
    "gopher:": ("gopher://127.0.0.1:{port}/_GET%20/", NO_ADDRESS),
    "ftp:": ("ftp://127.0.0.1:{port}/", NO_ADDRESS),
}
NAMES = {
    # What the name servers say, one answer after the other.
    "localhost": [["127.0.0.1"]],
    "vao-trong.example.vn": [["127.0.0.1"]],
    "hai.example.vn": [["8.8.8.8", "127.0.0.1"]],
    "doi.example.vn": [["8.8.4.4"], ["127.0.0.1"]],
}
CODES = (301, 302, 303, 307, 308)
MEANS = ("a link", "a sitemap", "robots.txt", "meta refresh", "a redirect")


def lures(means: str, urls: Sequence[str]) -> dict[str, Reply]:
    """The pages of a site that leads to these addresses by some means, and one article."""
    pages = {"/bai": article("thật")}
    if means == "a link":
        return {**pages, "/": listing(*urls, "/bai")}
    if means == "a sitemap":
        places = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
        sitemap = Reply(f"<urlset>{places}</urlset>".encode(), headers={"Content-Type": "text/xml"})
        return {**pages, "/": listing("/bai"), "/sitemap.xml": sitemap}
    if means == "robots.txt":
        return {**pages, "/robots.txt": Reply(b"", 302, {"Location": urls[0]})}
    for number, url in enumerate(urls):
        refresh = f'<meta http-equiv="refresh" content="0; url={url}">'
        pages[f"/{number}"] = (
            Reply(b"", CODES[number % 5], {"Location": url.encode().decode("latin-1")})
            if means == "a redirect"
            else Reply(f"<html><head>{refresh}</head><body>x</body></html>".encode())
        )
    return {**pages, "/": listing(*pages)}


def written(portal: Portal, folder: Path) -> Portal:
    """The portal as it is read from its entry in portals.toml. Raises PortalsError."""
    path = folder / f"{portal.id}.toml"
    path.write_text(entry(portal), encoding="utf-8")
    return load_portals(path).portals[0]


def watched(
    portals: Sequence[Portal], folder: Path, canary: int
) -> tuple[CrawlReport, list[tuple[str, int]]]:
    """crawl() where NAMES hold, and what is not public is the canary's port; and who it asked for.

    What is public refuses: nothing leaves this machine.
    """
    look_up, connect = socket.getaddrinfo, socket.socket.connect_ex
    said = {name: iter([*answers, *answers[-1:] * 9]) for name, answers in NAMES.items()}
    reached: list[tuple[str, int]] = []

    def found(host: str, *_: object, **__: object) -> Any:
        flags = {"type": socket.SOCK_STREAM, "flags": socket.AI_NUMERICHOST}
        names = next(said[host]) if host in said else [host]
        return [each for name in names for each in look_up(name, None, **flags)]

    def diverted(self: socket.socket, address: tuple[Any, ...]) -> int:
        if address[0].startswith("127.0.13.") and address[1] != canary:
            return connect(self, address)
        if ip_address(address[0]).is_global and "64:ff9b" not in address[0]:
            return errno.ECONNREFUSED
        reached.append(address[:2])
        six = self.family == socket.AF_INET6
        return connect(self, ("::ffff:127.0.0.1" if six else "127.0.0.1", canary))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", found)
        patch.setattr(socket.socket, "connect_ex", diverted)
        return crawl(portals, folder / "articles.db", folder, "x@example.vn"), reached


@dataclass
class World:
    """What the crawl left behind; `asked` are the pages of each site that lures."""

    errors: dict[str, str]
    titles: dict[str, list[str]]
    asked: dict[str, list[str]]
    canary: list[str]
    reached: list[tuple[str, int]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("canary")
    (folder / "mat.html").write_bytes(article("mật").body)
    with ExitStack() as stack:
        canary = Site("0.0.0.0", lambda path: article("chim hoàng yến"))
        stack.callback(canary.stop)
        sites: dict[str, Site] = {}
        own: list[str] = []
        for number, means in enumerate(MEANS):
            pages: dict[str, Reply] = {}
            site = sites[means] = Site(f"127.0.13.{50 + number}", pages.get)
            stack.callback(site.stop)
            own = [
                url.format(
                    port=canary.server_port,
                    own=site.host,
                    address=site.host.partition(":")[0],
                    file=folder / "mat.html",
                )
                for url, _ in VECTORS.values()
            ]
            pages.update(lures(means, own))
        portals = [site.portal(means) for means, site in sites.items()]
        errors: dict[str, str] = {}
        for number, (name, url) in enumerate(zip(VECTORS, own, strict=True)):
            try:
                portals.append(
                    written(Portal(f"cong-{number}", name, "", "Mẫu", (url,), ()), folder)
                )
            except PortalsError as error:
                errors[name] = str(error)
        allowed = f"10.0.0.8:{canary.server_port}"
        control = replace(portals[0], start=(f"http://{allowed}/duoc-phep",), hosts=(allowed,))
        portals.append(replace(control, id="allowed", name="allowed"))
        with ProcessPoolExecutor(1, SPAWN) as pool:
            report, reached = pool.submit(watched, portals, folder, canary.server_port).result()
        names = {portal.id: portal.name for portal in portals}
        with open_store(folder / "articles.db") as store:
            titles: dict[str, list[str]] = {name: [] for name in names.values()}
            for each in store.all_articles():
                titles[names[each.article.portal]].append(each.article.title)
        yield World(
            errors=errors | {names[each.portal]: each.error for each in report.portals},
            titles=titles,
            asked={means: [each.path for each in site.asked] for means, site in sites.items()},
            canary=[each.path for each in canary.asked],
            reached=reached,
        )


@pytest.mark.parametrize("means", MEANS)
def test_no_page_leads_the_crawler_to_the_canary(means: str, world: World) -> None:
    if means == "robots.txt":  # then it may not be crawled at all
        assert world.errors[means].startswith("robots.txt: leads to 127.0.0.1")
    else:
        assert world.titles[means] == ["Bài mẫu thật"]
    if means in ("meta refresh", "a redirect"):  # each stands on a page of its own
        assert {f"/{number}" for number in range(len(VECTORS))} <= set(world.asked[means])


@pytest.mark.parametrize("name", VECTORS)
def test_not_even_an_entry_of_its_own_does(name: str, world: World) -> None:
    assert VECTORS[name][1] in world.errors[name]
    assert world.titles.get(name, []) == []


def test_the_canary_sings_where_an_entry_allows_it_and_for_nobody_else(world: World) -> None:
    assert "/duoc-phep" in world.canary
    assert {host for host, _ in world.reached} == {"10.0.0.8"}
