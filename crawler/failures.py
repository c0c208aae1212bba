"""What can go wrong on the way to a page, in words: with the page, its host or its portal."""

from __future__ import annotations

import re

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError, ConnectionClosed

HOST_FAILURES: dict[type[Exception], str] = {
    CannotResolveHostError: "no such host",
    DownloadConnectionRefusedError: "connection refused",
    DownloadTimeoutError: "no answer in time",
    ResponseDataLossError: "the answer broke off",
    DownloadFailedError: "connection failed",
    ConnectError: "connection failed",
    ConnectionClosed: "connection closed",
}
PAGE_FAILURES: dict[type[Exception], str] = {
    DownloadCancelledError: "the page is too large",
    UnsupportedURLSchemeError: "not an http address",
    NotSupported: "not an http address",
    IgnoreRequest: "redirects without end",
    OSError: "could not be unpacked",
}
"""What can go wrong on the way to a page, in words: with the whole host, or with one page."""
FAILURES = {**HOST_FAILURES, **PAGE_FAILURES}


class Refused(IgnoreRequest):
    """This request may not be made; others of the portal may."""


class LeftAlone(IgnoreRequest):
    """The whole portal may not be asked now. `seconds` says for how long, where it is known."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


def in_words(error: Exception) -> str:
    """A failure as `tinphuong status` shows it.

    >>> in_words(DownloadTimeoutError("30 s")), in_words(Refused("robots.txt forbids it"))
    ('no answer in time', 'robots.txt forbids it')
    """
    if isinstance(error, Refused | LeftAlone):
        return str(error)
    if isinstance(error, DownloadFailedError) and re.search("certificate|Verif", str(error)):
        return "the certificate is not valid"
    return next(words for kind, words in FAILURES.items() if isinstance(error, kind))
