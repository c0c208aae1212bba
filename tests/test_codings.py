"""What a packed body holds: whole, in each coding; nothing of what is damaged, cut or too large."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as some

from crawler.codings import MOST_MEMBERS, NotUnpacked, TooLarge, archived, unpacked

BODY = "<p>Ủy ban nhân dân phường mẫu (bài mẫu)</p>".encode() * 9


def bare(body: bytes) -> bytes:
    """Deflate without zlib's frame."""
    return zlib.compress(body)[2:-4]


PACKERS: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZIP", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare),
    "brotli": ("br", brotli.compress),
    "twice": ("deflate, gzip", lambda body: gzip.compress(zlib.compress(body))),
    "in two parts": ("gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])),
    "with bytes behind": ("gzip", lambda body: gzip.compress(body) + b"\0\0"),
    "not at all": ("", lambda body: body),
    "by no known name": ("utf-8", lambda body: body),
}
CUTTABLE = ["gzip", "deflate", "bare deflate", "brotli", "twice"]


@pytest.mark.parametrize("how", PACKERS)
@given(body=some.binary(max_size=3000))
def test_what_was_packed_comes_out(how: str, body: bytes) -> None:
    header, pack = PACKERS[how]
    assert unpacked(pack(body), header, 3000) == body


@pytest.mark.parametrize("how", PACKERS)
def test_a_byte_more_than_the_limit_is_too_large(how: str) -> None:
    header, pack = PACKERS[how]
    assert unpacked(pack(BODY), header, len(BODY)) == BODY
    with pytest.raises(TooLarge):
        unpacked(pack(BODY), header, len(BODY) - 1)


@pytest.mark.parametrize("how", CUTTABLE)
def test_a_part_is_never_taken_for_the_whole(how: str) -> None:
    header, pack = PACKERS[how]
    packed = pack(BODY)
    for length in range(len(packed)):
        with pytest.raises(NotUnpacked):
            unpacked(packed[:length], header, len(BODY))


@pytest.mark.parametrize(
    ("header", "body", "why"),
    [
        ("gzip", BODY, "incorrect header"),  # it is what it was before
        ("gzip", gzip.compress(BODY, mtime=0)[:-8] + bytes(8), "incorrect data check"),
        ("zstd", BODY, "packed as zstd"),  # we never ask for it
        ("gzip, compress", BODY, "packed as compress"),
        ("gzip", gzip.compress(b"", mtime=0) * (MOST_MEMBERS + 1), "packed parts"),  # 20 bytes each
    ],
)
def test_what_does_not_unpack_says_why(header: str, body: bytes, why: str) -> None:
    with pytest.raises(NotUnpacked, match=why):
        unpacked(body, header, 10_000)


@pytest.mark.parametrize("header", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_an_archive_may_have_unpacked_it_before(header: str) -> None:
    assert archived(BODY, {"content-encoding": header}, len(BODY)) == BODY
    with pytest.raises(TooLarge):
        archived(BODY, {"content-encoding": header}, len(BODY) - 1)
