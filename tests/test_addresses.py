"""Where requests may go: addresses that are not public, names that lie, and a real canary."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.resolver import dnscache
from twisted.internet.address import IPv4Address, IPv6Address

from crawler.addresses import Addresses, ExaminedOnly, is_public
from crawler.failures import Refused
from crawler.portals import Portal


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
    for peer in ("8.8.8.8", None):  # None: nothing was connected to
        response = Response(request.url, ip_address=peer and ip_address(peer))
        assert Addresses().process_response(request, response) is response
    with pytest.raises(Refused, match=r"answered by 127\.0\.0\.1"):
        Addresses().process_response(
            request, Response(request.url, ip_address=ip_address("127.0.0.1"))
        )
