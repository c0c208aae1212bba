"""What every address of a sample portal answers, without a socket.

Beside articles and listings stand the things a crawler must survive: on the Liferay site every page
under /en/ and /vi/, as deep as one likes; on the SharePoint site a page with status 500, an empty
page, a text and a PDF in place of pages; on the WordPress site a dead link (the author's page); on
all sites a page without an article.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from tests.portals.frames import (
    MARK,
    article_page,
    contact_page,
    home_page,
    listing_page,
    print_page,
)
from tests.portals.sites import Site, article_path, listing_path, print_path

VIETNAM = timezone(timedelta(hours=7))

HTML = "text/html; charset=utf-8"

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; with a `modified` it carries validators and may become a 304."""

    body: bytes
    kind: str = HTML
    status: HTTPStatus = HTTPStatus.OK
    modified: datetime | None = None
    tag: str = ""


Address = tuple[str, int]
"""A path and the number of the listing page; 1 where the address names none."""

Render = Callable[[int, str], Answer]
"""From the number of requests so far (the counters show it) and the path asked for."""

Routes = Mapping[Address, Render]


def address(target: str) -> Address:
    """The address in a request target or link.

    >>> address("/tin-tuc?a=b&_101_INSTANCE_mau_cur=3"), address("/tin-tuc/page/2/")
    (('/tin-tuc', 3), ('/tin-tuc/page/2/', 1))
    """
    parts = urlsplit(target)
    named = [value for name, value in parse_qsl(parts.query) if name.endswith(("cur", "page"))]
    return parts.path, int(named[0]) if named and named[0].isdecimal() else 1


def answer(routes: Routes, site: Site, target: str, base: str, requests: int) -> Answer:
    """What a GET of `target` brings at this moment; `base` is the site's own address."""
    path, number = address(target)
    render = routes.get((_without_language(site, path), number))
    if render is not None:
        return render(requests, path)
    return _file(site, path, base) or _text("Không tìm thấy trang", HTTPStatus.NOT_FOUND)


def _without_language(site: Site, path: str) -> str:
    """The trap of the Liferay site: /en/vi/en/x shows x, and links /en/en/vi/en/x."""
    while site.family == "liferay" and path.startswith(("/en/", "/vi/")):
        path = path[3:]
    return path


def routes(site: Site) -> Routes:
    """All pages of a site by their addresses."""
    return dict(_routes(site))


def _routes(site: Site) -> Iterator[tuple[Address, Render]]:
    family = site.family
    for path in ("/", "/portal/Pages/Default.aspx"):
        yield (path, 1), lambda n, path: _page(home_page(family, site, n, path))
    yield ("/lien-he", 1), lambda n, path: _page(contact_page(family, site, n, path))
    for section in site.sections:
        for number in range(1, site.pages(section) + 1):
            render = partial(listing_page, family, section, site, number)
            yield address(listing_path(family, section, number)), _plain(render)
    for article in site.articles:
        render = partial(article_page, family, article, site)
        yield (article_path(family, article), 1), _dated(render, article.written)
        if path := print_path(family, article):
            yield (path, 1), _constant(_page(print_page(family, article, site)))
    if family == "sharepoint":
        yield from ((("/" + name, 1), _constant(answer)) for name, answer in ODD.items())


def _plain(render: Callable[[int, str], str]) -> Render:
    return lambda requests, path: _page(render(requests, path))


def _constant(answer: Answer) -> Render:
    return lambda _requests, _path: answer


def _dated(render: Callable[[int, str], str], written: datetime) -> Render:
    """An article: counters move, the validators only with what the page says beside them."""

    def answer(requests: int, path: str) -> Answer:
        tag = hashlib.sha256(render(0, path).encode()).hexdigest()[:16]
        body = render(requests, path).encode()
        return Answer(body, modified=written.replace(tzinfo=VIETNAM), tag=f'"{tag}"')

    return answer


def _page(html: str) -> Answer:
    return Answer(html.encode())


def _text(text: str, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(f"{text} ({MARK})\n".encode(), "text/plain; charset=utf-8", status)


def _pdf() -> bytes:
    """A PDF of one page that says "Bai mau" in a font every reader has."""
    text = b"BT /F1 24 Tf 72 720 Td (Bai mau) Tj ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(b"%010d 00000 n \n" % len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(offsets)
    return b"%b%btrailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        body,
        table,
        len(body),
    )


PDF = Answer(_pdf(), "application/pdf")

ODD = {
    "loi-he-thong.aspx": _text("Lỗi hệ thống", HTTPStatus.INTERNAL_SERVER_ERROR),
    "trang-trong.aspx": Answer(b""),
    "lich-cong-tac.txt": _text("Lịch công tác: thứ hai họp giao ban"),
    "gioi-thieu.pdf": PDF,
}
"""What the SharePoint site links in its footer in place of pages."""


def _file(site: Site, path: str, base: str) -> Answer | None:
    """robots.txt, the sitemap, attachments and pictures; None for what there is not."""
    if path == "/robots.txt":
        return Answer(_robots(site, base).encode(), "text/plain; charset=utf-8")
    if path == "/sitemap.xml" and site.sitemap:
        return Answer(_sitemap(site, base).encode(), "application/xml; charset=utf-8")
    if path.endswith(".pdf"):
        return PDF
    if path.endswith(".png"):
        return Answer(PIXEL, "image/png")
    return None


def _robots(site: Site, base: str) -> str:
    closed = "User-agent: *\nDisallow: /c/portal/\nDisallow: /_layouts/\nDisallow: /vi/users/\n"
    return f"# {MARK}\n{closed}" + (f"Sitemap: {base}/sitemap.xml\n" if site.sitemap else "")


def _sitemap(site: Site, base: str) -> str:
    places = "".join(
        f"<url><loc>{base}{article_path(site.family, article)}</loc>"
        f"<lastmod>{article.written:%Y-%m-%d}</lastmod></url>\n"
        for article in site.articles
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {MARK} -->\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'
    )
