"""Where a request may go: to its portal's hosts, and those only where they are public.

A Scrapy middleware and the resolver of connections. The name is looked up once, and the connection
is made to the very address that was examined, so a name server gains nothing by answering
differently the second time (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response
from scrapy.resolver import CachingHostnameResolver, HostResolution, dnscache
from twisted.internet import address as endpoints

from crawler.failures import Refused
from crawler.portals import Portal
from crawler.urls import canonical, same_site

LOOKUP_SECONDS = 20.0

NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 seen from networks that have only IPv6 (RFC 6052, 2.1)."""
UNICAST = IPv6Network("2000::/3")
"""What is given out of IPv6 to those who are reached by anybody (RFC 4291, 2.4)."""


class Addresses:
    """Lets a request go only to its portal's hosts, and those only where they are public.

    A portal's own entry may allow addresses that are not. Redirects and robots.txt come by too.
    """

    async def process_request(self, request: Request) -> None:
        """Note the address in meta["address"]. Raises Refused or CannotResolveHostError."""
        portal: Portal = request.meta["portal"]
        if not same_site(canonical(request.url) or "", portal.hosts):
            where = urlsplit(request.url).netloc
            raise Refused(f"leads to {where}, which is none of the portal's hosts")
        host = urlsplit(request.url).hostname or ""
        if host not in dnscache:
            dnscache[host] = await _look_up(host)
        address = dnscache[host]
        if not portal.allow_private and not is_public(address):
            raise Refused(f"{host} is at {address}, not a public address; see allow_private")
        request.meta["address"] = address

    def process_response(self, request: Request, response: Response) -> Response:
        """The answer, if the peer of its connection is the examined address. Raises Refused."""
        peer = response.ip_address
        if peer is not None and peer != ip_address(request.meta["address"]):
            raise Refused(f"was answered by {peer}, not by {request.meta['address']}")
        return response


def is_public(address: str) -> bool:
    """Whether an address is anybody's on the internet; IPv4 inside IPv6 is judged as IPv4.

    >>> [is_public(each) for each in ("8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8")]
    [True, True, True]
    >>> [is_public(each) for each in ("169.254.169.254", "fe80::1%eth0", "64:ff9b::7f00:1")]
    [False, False, False]
    """
    found = _inner(ip_address(address))
    if isinstance(found, IPv6Address) and found not in UNICAST:
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one leads to (mapped, 6to4, NAT64), else the address."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


async def _look_up(host: str) -> str:
    """The first IPv4 address of a name, or its first IPv6 address where it has none."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise CannotResolveHostError(host) from error
    found.sort(key=lambda each: each[0] != socket.AF_INET)
    return str(found[0][4][0])


class ExaminedOnly(CachingHostnameResolver):
    """The resolver of connections: gives the addresses that Addresses examined, and no other."""

    def resolveHostName(
        self, resolutionReceiver: Any, hostName: str, portNumber: int = 0, *_: object, **__: object
    ) -> Any:
        """The examined address of a name; none where it was not examined."""
        resolution = HostResolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        examined = dnscache.get(_as_asked(hostName))
        if examined is not None:
            kind = endpoints.IPv6Address if ":" in examined else endpoints.IPv4Address
            resolutionReceiver.addressResolved(kind("TCP", examined, portNumber))
        resolutionReceiver.resolutionComplete()
        return resolution


def _as_asked(name: str) -> str:
    """A name as it stands in a canonical address; Twisted asks with its letters decoded.

    >>> _as_asked("PHƯỜNG.example.vn"), _as_asked("127.0.0.1")
    ('xn--phng-rib8295b.example.vn', '127.0.0.1')
    """
    return name.lower() if name.isascii() else name.lower().encode("idna").decode("ascii")
