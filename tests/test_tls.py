"""Encryption as portals have it: seven servers under each of the three policies, in one crawl.

Each server has an address of its own, 127.0.13.x, and a certificate made here. The crawl runs in a
process of its own that trusts our issuer (SSL_CERT_FILE) and nobody else.
"""

from __future__ import annotations

import socket
import ssl
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from crawler.portals import Portal, Tls
from crawler.spider import CrawlReport, crawl
from crawler.store import open_store
from tests.test_spider import SPAWN, Site, article, fixed, listing, run

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
NOW = datetime.now(UTC)
POLICIES: tuple[Tls, ...] = get_args(Tls)


@dataclass(frozen=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def issue(
    name: str,
    issuer: Issued | None = None,
    *,
    ca: bool = False,
    key: Key | None = None,
    until: datetime = NOW + timedelta(days=9),
) -> Issued:
    """A certificate for a name or number; signed by itself where there is no issuer."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} (mẫu)")])
    try:
        alternative: x509.GeneralName = x509.IPAddress(ip_address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=99))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        names = x509.SubjectAlternativeName([alternative])
        builder = builder.add_extension(names, critical=False)
    return Issued(builder.sign((issuer or Issued(None, key)).key, hashes.SHA256()), key)  # type: ignore[arg-type]


class Issuers:
    """Our root, which the crawl trusts, and one below it."""

    def __init__(self) -> None:
        self.root = issue("goc.example.vn", ca=True)
        self.middle = issue("giua.example.vn", self.root, ca=True)

    def certificate(self, kind: str, host: str) -> Issued:
        if kind == "expired":
            return issue(host, self.root, until=NOW - timedelta(days=1))
        if kind == "self-signed":
            return issue(host)
        if kind == "no chain":
            return issue(host, self.middle)
        if kind == "wrong name":
            return issue("khac.example.vn", self.root)
        if kind == "weak key":
            return issue(host, self.root, key=rsa.generate_private_key(65537, 1024))
        return issue(host, self.root)


def context(kind: str, issued: Issued, folder: Path) -> ssl.SSLContext:
    """A server's side."""
    path = folder / f"{issued.certificate.serial_number}.pem"
    path.write_bytes(issued.key_pem() + issued.pem())
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if kind in ("TLS 1.0", "weak key"):
        made.set_ciphers("ALL:@SECLEVEL=0")
    if kind == "TLS 1.0":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that is what is tested
            made.minimum_version = made.maximum_version = ssl.TLSVersion.TLSv1
    made.load_cert_chain(path)
    return made


REFUSED: Mapping[str, tuple[Tls, ...]] = {
    "valid": (),
    "expired": ("verify",),
    "self-signed": ("verify",),
    "no chain": ("verify",),
    "wrong name": ("verify",),
    "weak key": ("verify",),
    "TLS 1.0": ("verify", "record"),
}
FAULTS = {
    "valid": "",
    "expired": "expired",
    "self-signed": "self-signed",
    "no chain": "incomplete chain",
    "wrong name": "wrong host name",
    "weak key": "weak key",
    "TLS 1.0": "",
}


@dataclass
class World:
    """What one crawl of all servers left behind, by kind and policy."""

    hosts: dict[tuple[str, Tls], str]
    asked: dict[tuple[str, Tls], int]
    errors: dict[str, str]
    articles: list[str]
    rows: dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder, issuers = tmp_path_factory.mktemp("tls"), Issuers()
    (folder / "root.pem").write_bytes(issuers.root.pem())
    sites: dict[tuple[str, Tls], Site] = {}
    portals: list[Portal] = []
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("SSL_CERT_FILE", str(folder / "root.pem"))
        patch.setenv("SSL_CERT_DIR", str(folder / "none"))
        for number, (kind, tls) in enumerate(product(REFUSED, POLICIES), 1):
            host = f"127.0.13.{number}"
            pages = {
                "/": listing("/bai-1", "/bai-2"),
                "/bai-1": article("a"),
                "/bai-2": article("b"),
            }
            site = sites[kind, tls] = Site(host, fixed(pages))
            stack.callback(site.stop)
            issued = issuers.certificate(kind, host)
            site.socket = context(kind, issued, folder).wrap_socket(
                site.socket, server_side=True, do_handshake_on_connect=False
            )
            portal = site.portal(f"cong-{number}", tls=tls)
            portals.append(replace(portal, start=(f"https://{site.host}/",)))
        report = run(portals, folder)
        with open_store(folder / "articles.db") as store:
            articles = [each.article.portal for each in store.all_articles()]
            rows = store.connection.execute("SELECT host, protocol, fault FROM tls").fetchall()
        yield World(
            hosts={key: site.host for key, site in sites.items()},
            asked={key: len(site.asked) for key, site in sites.items()},
            errors={each.portal: each.error for each in report.portals},
            articles=articles,
            rows={host: (protocol, fault) for host, protocol, fault in rows},
        )


@pytest.mark.parametrize(("kind", "tls"), [*product(REFUSED, POLICIES)])
def test_each_policy_takes_what_it_says_and_writes_it_down(
    kind: str, tls: Tls, world: World
) -> None:
    host = world.hosts[kind, tls]
    portal = f"cong-{host.partition(':')[0].rpartition('.')[2]}"
    if tls in REFUSED[kind]:
        assert world.errors[portal].startswith("robots.txt: ")
        assert world.asked[kind, tls] == 0  # nothing is asked over what is not accepted
        assert portal not in world.articles
        assert host not in world.rows
    else:
        assert world.errors[portal] == ""
        assert world.articles.count(portal) == 2
        protocol = "TLSv1" if kind == "TLS 1.0" else "TLSv1.3"
        assert world.rows[host] == (protocol, FAULTS[kind])


def named(names: Mapping[str, str], portals: Sequence[Portal], folder: Path) -> CrawlReport:
    """crawl() where these names stand for these addresses."""
    look_up = socket.getaddrinfo

    def found(host: str, *more: Any, **options: Any) -> Any:
        return look_up(names.get(host, host), *more, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", found)
        return crawl(portals, folder / "articles.db", folder, "x@example.vn")


def test_a_name_of_our_letters_is_verified_as_it_is_asked_for(tmp_path: Path) -> None:
    name, address, issuers = "xn--phng-mu-s1a9z.example.vn", "127.0.13.40", Issuers()
    (tmp_path / "root.pem").write_bytes(issuers.root.pem())
    asked_for: list[str | None] = []
    site = Site(address, fixed({"/": listing("/bai-1"), "/bai-1": article("a")}))
    made = context("valid", issuers.certificate("valid", name), tmp_path)
    made.sni_callback = lambda connection, server_name, context: asked_for.append(server_name)
    site.socket = made.wrap_socket(site.socket, server_side=True, do_handshake_on_connect=False)
    host = f"{name}:{site.server_port}"
    portal = replace(site.portal("ten"), start=(f"https://{host}/",), hosts=(host,))
    try:
        with pytest.MonkeyPatch.context() as patch, ProcessPoolExecutor(1, SPAWN) as pool:
            patch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))
            report = pool.submit(named, {name: address}, [portal], tmp_path).result()
    finally:
        site.stop()
    assert report.portals[0].error == ""
    assert report.portals[0].new == 1
    assert {*asked_for} == {name}
