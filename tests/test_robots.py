"""robots.txt as bytes and as answers of a server."""

from __future__ import annotations

import pytest
from protego import Protego

from crawler.robots import ROBOTS_BYTES, ROBOTS_NAME, crawl_delay, robots_text

TIN = "http://mau.example.vn/tin"
FORBID = b"User-agent: *\nDisallow: /tin\n"


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        (b"", True),
        (FORBID, False),
        (b"\xef\xbb\xbf" + FORBID, False),  # a byte order mark
        (FORBID.decode().encode("utf-16"), False),
        (FORBID.decode().encode("utf-16-be").join((b"\xfe\xff", b"")), False),
        (FORBID.replace(b"\n", b"\r\n"), False),
        (FORBID.replace(b"\n", b"\r"), False),
        (b"USER-AGENT:*\ndisallow :/tin", False),
        (b"User-agent: tinphuong\nDisallow: /tin\n\nUser-agent: *\nAllow: /", False),
        (b"User-agent: tinphuong\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        (b"User-agent: khac\nDisallow: /", True),
        (b"User-agent: *\nDisallow: /\nAllow: /tin", True),  # the longest rule wins
        (b"<html><body>Kh\xc3\xb4ng t\xc3\xacm th\xe1\xba\xa5y</body></html>", True),
        (b"\xff\xfe\xfa" * 50, True),  # noise
        (b"#" * ROBOTS_BYTES + b"\n" + FORBID, True),  # past 500 KiB nothing is read
        (b"#" * (ROBOTS_BYTES - 100) + b"\n" + FORBID, False),
    ],
)
def test_robots_txt_as_it_comes(body: bytes, allowed: bool) -> None:
    rules = Protego.parse(robots_text(body))
    assert rules.can_fetch(TIN, ROBOTS_NAME) is allowed


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3", 3.0), ("0.5", 0.5), ("1e9", 60.0), ("nan", 0.0), ("-1", 0.0), ("x", 0.0)],
)
def test_crawl_delay_is_honoured_within_reason(text: str, seconds: float) -> None:
    assert crawl_delay(Protego.parse(f"User-agent: *\nCrawl-delay: {text}")) == seconds
