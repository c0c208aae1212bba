"""Which encryption is accepted of a host under its portal's policy, and with which fault.

"verify" insists on a certificate that verifies; "record" takes the one that is there; "legacy"
takes TLS 1.0 and 1.1, old ciphers and short keys too. A policy never changes by itself: what it
does not take fails, and what it took is written down with its fault, once a host and crawl.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address

from OpenSSL import SSL
from OpenSSL.crypto import TYPE_RSA, X509
from OpenSSL.SSL import X509VerificationCodes as Codes
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.web.client import BrowserLikePolicyForHTTPS
from zope.interface import implementer

from crawler.heads import Http
from crawler.portals import Tls
from crawler.store import Store

SHORTEST_RSA = 2048
"""Bits; below, a key is weak (NIST SP 800-131A: not allowed since 2014)."""

LEGACY_SERVER_CONNECT = 0x4
"""OpenSSL's name: talk to servers that cannot renegotiate safely, which we never ask of them."""

FAULTS: dict[int, str] = {
    Codes.ERR_CERT_HAS_EXPIRED: "expired",
    Codes.ERR_CERT_NOT_YET_VALID: "not valid yet",
    Codes.ERR_DEPTH_ZERO_SELF_SIGNED_CERT: "self-signed",
    Codes.ERR_SELF_SIGNED_CERT_IN_CHAIN: "its issuer is not trusted",
    Codes.ERR_UNABLE_TO_GET_ISSUER_CERT: "incomplete chain",
    Codes.ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "incomplete chain",
    Codes.ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: "incomplete chain",
    66: "weak key",  # X509_V_ERR_EE_KEY_TOO_SMALL, CA_KEY_TOO_SMALL, CA_MD_TOO_WEAK
    67: "weak key",
    68: "weak signature",
}
"""What OpenSSL finds wrong (X509_verify_cert_error_string(3)), in words."""

Accepted = Callable[[str, str], None]
"""Told the protocol and the faults in words, "" for none."""


class Encrypted(Http):
    """Scrapy's handler of https, under the spider's policy (Scrapy's own settings can neither
    lower the security level nor say what they accepted). The spider holds `tls` and `store`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        spider = crawler.spider
        self.store: Store = spider.store  # type: ignore[union-attr]
        self.noted: set[str] = set()
        self.unwritten: dict[str, tuple[str, str]] = {}
        policy: Tls = spider.tls  # type: ignore[union-attr]
        self._contextFactory = Policy(policy, self.note)  # type: ignore[assignment]

    def note(self, host: str, protocol: str, fault: str) -> None:
        """Keep what a handshake accepted; it is written when the answer is there, since an error
        of the store would be lost inside OpenSSL's callback."""
        if host not in self.noted:
            self.noted.add(host)
            self.unwritten[host] = protocol, fault

    async def download_request(self, request: Request) -> Response:
        """As Scrapy's; what was accepted of the host is in the store afterwards."""
        try:
            return await super().download_request(request)
        finally:
            while self.unwritten:
                host, (protocol, fault) = self.unwritten.popitem()
                record(self.store, host, protocol, fault)


def record(store: Store, host: str, protocol: str, fault: str) -> None:
    """Write down what was accepted of a host, in place of what was known of it."""
    with store.transaction() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO tls VALUES (?, ?, ?, ?)", (host, time.time(), protocol, fault)
        )


class Policy(BrowserLikePolicyForHTTPS):
    """Makes the handshakes of one policy; they share what OpenSSL knows of trusted issuers."""

    def __init__(self, tls: Tls, accepted: Callable[[str, str, str], None]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.strict = tls == "verify"
        self.context = context(tls)
        self.accepted = accepted

    def creatorForNetloc(  # type: ignore[override]  # zope's interfaces are no types
        self, hostname: bytes, port: int
    ) -> Handshake:
        """The handshake with a host."""
        name = hostname.decode("ascii")
        host = name if port == 443 else f"{name}:{port}"
        return Handshake(self.context, name, self.strict, partial(self.accepted, host))


def context(tls: Tls) -> SSL.Context:
    """What a policy allows of protocols, ciphers and keys; trust is judged by Handshake."""
    made = SSL.Context(SSL.TLS_METHOD)
    made.set_default_verify_paths()
    made.set_options(SSL.OP_NO_COMPRESSION | LEGACY_SERVER_CONNECT)
    made.set_mode(SSL.MODE_RELEASE_BUFFERS)
    if tls == "legacy":
        made.set_min_proto_version(SSL.TLS1_VERSION)
        made.set_cipher_list(b"ALL:!aNULL:!eNULL:@SECLEVEL=0")
    else:
        made.set_min_proto_version(SSL.TLS1_2_VERSION)
    return made


@implementer(IOpenSSLClientConnectionCreator)
class Handshake:
    """Connects to one host; judges its certificate while OpenSSL verifies it."""

    def __init__(self, context: SSL.Context, name: str, strict: bool, accepted: Accepted) -> None:
        self.context = context
        self.name = name
        self.strict = strict
        self.accepted = accepted
        self.identity = _identity(name)

    def clientConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection:
        """A connection that is about to shake hands."""
        connection = SSL.Connection(self.context, None)
        if isinstance(self.identity, DNS_ID):  # RFC 6066, 3: never a number
            connection.set_tlsext_host_name(self.name.encode("ascii"))
        faults: dict[str, None] = {}
        connection.set_verify(SSL.VERIFY_PEER, partial(self._judge, faults))
        return connection

    def _judge(
        self,
        faults: dict[str, None],
        connection: SSL.Connection,
        certificate: X509,
        code: int,
        depth: int,
        ok: int,
    ) -> bool:
        """Called for each fault (not ok) of each certificate, then for each that is passed, the
        host's own (depth 0) last. False ends the handshake."""
        if not ok:
            faults[FAULTS.get(code, f"certificate error {code}")] = None
        elif depth == 0:
            faults |= dict.fromkeys(self._faults(certificate))
        taken = not (self.strict and faults)
        if ok and depth == 0 and taken:
            self.accepted(connection.get_protocol_version_name(), ", ".join(faults))
        return taken

    def _faults(self, certificate: X509) -> list[str]:
        """What OpenSSL does not look at: the name, and keys at the lowest security level."""
        found, key = [], certificate.get_pubkey()
        if key.type() == TYPE_RSA and key.bits() < SHORTEST_RSA:
            found.append("weak key")
        try:
            verify_service_identity(extract_patterns(certificate), [self.identity], [])
        except (VerificationError, CertificateError):
            found.append("wrong host name")
        return found


def _identity(name: str) -> DNS_ID | IPAddress_ID:
    try:
        ip_address(name)
    except ValueError:
        return DNS_ID(name)
    return IPAddress_ID(name)
