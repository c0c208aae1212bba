"""Addresses: their one canonical form, which site they are on, and signs of a trap."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from itertools import pairwise
from urllib.parse import quote, unquote, urljoin, urlsplit

from lxml.html import HtmlElement

DEFAULT_PORTS = {"http": 80, "https": 443}

WHO_CAME = re.compile(
    r"(?:utm_\w+|fbclid|[gmy]s?clid|[gw]braid|zarsrc|igshid|mc_[ce]id|_g[al]"
    r"|(?:p_)?p_auth|p_l_back_url(?:_title)?|(?:\w+_)?(?:access_?)?token|__requestverificationtoken"
    r"|csrf\w*|phpsessid|jsessionid|aspsessionid\w*|session_?id|cfid|cftoken)(?:=.*)?"
    r"|(?:sid|auth|ticket)=(?:[0-9a-f]{16,}|(?=.*\d)(?=.*[a-z])[\w-]{20,})"
    r"|(?:.*_)?(?:redirect(?:_to)?|back_?url|return(?:_?url|_to)?|source)=(?:/|%2f|https?(?::|%3a)).*",
    re.IGNORECASE,
)
"""Query parameters that say who came, from where and where to go back to, never which page. Short
names count only with a value that is one: `sid=4000` is an article of NukeViet."""

HOW_SHOWN = re.compile(
    r"print=(?:1|true|yes|print)|layout=print|(?:.*_)?viewmode=print"  # Joomla, WordPress, Liferay
    r"|tmpl=component"  # Joomla: without what stands round the article
    r"|p_p_state=pop_up|isdlg=1"  # the same of Liferay and SharePoint
    r"|replytocom=\d+",  # WordPress: with the form under a comment
    re.IGNORECASE,
)
"""Query parameters of the print view of a page and its like."""

PRINTED_PATH = re.compile(
    r"(?P<module>(?:/[a-z]{2})?/(?!print/|savefile/)[\w-]+)/(?:print|savefile)"
    r"(?P<article>/(?!print/|savefile/)[^/]+/[^/]+-\d+(?:\.html?|/)?)"
)
PRINTED_OPERATION = re.compile(r"((?:^|&)op=)(?:(?:print|savefile)(?:/|%2F))+")
"""NukeViet's print view, with rewriting of addresses and without."""

SESSION_IN_PATH = re.compile(
    r";(?:jsessionid|phpsessid)=[^/?]*|/\((?:\w\([\w-]+\))*s\([0-9a-z]{24}\)\)(?=/)", re.IGNORECASE
)
"""As Java and ASP.NET write it for readers without cookies."""

FILES = re.compile(
    r"\.(pdf|docx?|xlsx?|pptx?|odt|rtf|zip|rar|7z|gz|exe|apk|jpe?g|png|gif|bmp|svg|webp|ico|tiff?"
    r"|mp[34]|avi|mov|wmv|flv|wav|wma|m4[av]|webm|css|js|json|xml|rss|woff2?|ttf|eot|swf)$",
    re.IGNORECASE,
)
"""Ends of paths that are never an HTML page."""

NO_VOTE = frozenset({"nofollow", "ugc", "sponsored"})
"""Relations of links that a page does not vouch for; a crawler leaves them (Google, 2019)."""

LONGEST = 1000
"""Characters. Slugs of percent-encoded Vietnamese reach 600."""
MOST_PARTS = 20
LAST_PAGE = 1000
LANGUAGES = frozenset({"vi", "vn", "en", "eng", "vie"})
PAGE_NUMBER = re.compile(r"(.*[_.-])?(page|paged|trang|cur|pageindex)", re.IGNORECASE)
CALENDAR = re.compile(r"(.*[_.-])?(month|day|week|year|thang|ngay|tuan|date|ical)", re.IGNORECASE)


@lru_cache(maxsize=4096)  # the links of a menu stand on every page
def canonical(url: str) -> str | None:
    """The one form of an http(s) address that is stored and fetched; None where it is not one.

    Scheme and host small, no default port, no fragment, no dot segments, no session ids and
    tracking parameters, the page itself for its print view, percent-encoding as RFC 3986 section
    6.2.2 normalises it. The order of parameters stays: some portals depend on it.

    >>> canonical("HTTP://Xa.Example.VN:80/tin/../bài?utm_source=x&id=7&print=1#top")
    'http://xa.example.vn/b%C3%A0i?id=7'
    >>> canonical("mailto:phuong@example.vn") is None
    True
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
        host = host.encode("idna").decode("ascii") if host and not host.isascii() else host
    except ValueError:  # a port that is no number, a broken bracket, a name that is no host
        return None
    if parts.scheme not in DEFAULT_PORTS or not host or parts.username is not None:
        return None
    if ":" in host:
        host = f"[{host}]"
    where = host if port in (None, DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    path = _encoded(SESSION_IN_PATH.sub("", _without_dots(parts.path)))
    if printed := PRINTED_PATH.fullmatch(path):
        path = printed["module"] + printed["article"]
    query = _encoded("&".join(each for each in parts.query.split("&") if _counts(each)))
    query = PRINTED_OPERATION.sub(r"\1", query)
    return f"{parts.scheme}://{where}{path}" + (f"?{query}" if query else "")


def site(url: str) -> str:
    """`host` or `host:port` of a canonical address, as a portal's entry lists it.

    >>> site("http://127.0.0.2:8001/tin")
    '127.0.0.2:8001'
    """
    return urlsplit(url).netloc


def same_site(url: str, hosts: Collection[str]) -> bool:
    """Whether a canonical address is on one of these hosts (names as in a portal's entry).

    >>> same_site("http://xa.example.vn/tin", ["xa.example.vn"])
    True
    """
    return site(url) in hosts


def trap_sign(url: str) -> str | None:
    """Why an address looks like one of endlessly many; None where it does not.

    >>> trap_sign("http://so.example.vn/en/vi/en/tin-tuc")
    'two languages in one path'
    >>> trap_sign("http://so.example.vn/tin-tuc/-/view_content/1-bai") is None
    True
    """
    parts = urlsplit(url)
    segments = [each for each in parts.path.split("/") if each]
    if len(url) > LONGEST:
        return "a very long address"
    if len(segments) > MOST_PARTS:
        return "a very deep path"
    if sum(segment.lower() in LANGUAGES for segment in segments) > 1:
        return "two languages in one path"
    if _repeats(segments):
        return "parts of the path repeat"
    return _endless(parts.query)


def _endless(query: str) -> str | None:
    for each in query.split("&"):
        name, _, value = each.partition("=")
        if PAGE_NUMBER.fullmatch(name) and value.isdecimal() and int(value) > LAST_PAGE:
            return "endless pages"
        if CALENDAR.fullmatch(name) and re.fullmatch(r"[\d/.-]+", unquote(value)):
            return "a calendar"
    return None


def _repeats(segments: list[str]) -> bool:
    """One part three times, or two parts in a row that come twice."""
    if any(segments.count(segment) > 2 for segment in segments):
        return True
    pairs = list(pairwise(segments))
    return len(set(pairs)) < len(pairs)


def links(root: HtmlElement, base_url: str) -> list[str]:
    """The canonical addresses of the pages that a page links, each once, in order.

    Links to files (PDF, pictures, archives) are left out: an article names its own attachments.
    So are those that the page asks not to follow.
    """
    base = base_of(root, base_url)
    hrefs = dict.fromkeys(each.get("href", "") for each in root.iter("a", "area") if _leads(each))
    found = (joined(base, href) for href in hrefs if href and not href.startswith("#"))
    return list(dict.fromkeys(url for url in found if url and not is_file(url)))


def _leads(anchor: HtmlElement) -> bool:
    return NO_VOTE.isdisjoint((anchor.get("rel") or "").lower().split())


def base_of(root: HtmlElement, url: str) -> str:
    """The address that a page's relative links start from; `url` is the page's own."""
    base = next((each.get("href") for each in root.iter("base") if each.get("href")), "")
    return joined(url, base) or url


def joined(base: str, href: str) -> str | None:
    """The canonical form of a link found at `base`; None for what is no web address.

    >>> joined("http://xa.example.vn/tin/", "bai.html#cuoi")
    'http://xa.example.vn/tin/bai.html'
    """
    try:
        return canonical(urljoin(base, href.strip()))
    except ValueError:  # urljoin() refuses a broken IPv6 host
        return None


def is_file(url: str) -> bool:
    """Whether the path ends like a document, a picture or a feed. Never raises.

    >>> is_file("http://xa.example.vn/ke-hoach.PDF?v=1"), is_file("http://xa.example.vn/tin.html")
    (True, False)
    >>> is_file("http://[")
    False
    """
    try:
        return bool(FILES.search(urlsplit(url).path))
    except ValueError:  # no address at all
        return False


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4, for a path that starts at the root."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _encoded(text: str) -> str:
    """What must be encoded is, as UTF-8 and in capitals; what is encoded stays so."""
    upper = re.sub(r"%[0-9a-fA-F]{2}", lambda match: match[0].upper(), text)
    return quote(upper, safe="%/:@!$&'()*+,;=?~-._[]|")


def _counts(parameter: str) -> bool:
    return bool(parameter) and not (WHO_CAME.fullmatch(parameter) or HOW_SHOWN.fullmatch(parameter))
