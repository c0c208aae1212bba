"""Packed answers: what is asked for, and that it is unpacked whole and within its limit.

Only gzip and deflate are asked for, which every server knows.
"""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Response

from crawler.codings import TooLarge, unpacked

ACCEPTED = b"gzip, deflate"


class Packed:
    """Scrapy middleware: answers leave it unpacked, within DOWNLOAD_MAXSIZE.

    A request may have a limit of its own in meta["download_maxsize"].
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Packed:
        """As Scrapy makes a middleware."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Say what can be unpacked."""
        request.headers.setdefault("Accept-Encoding", ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Response:
        """The answer unpacked. Raises NotUnpacked, or DownloadCancelledError for a bomb."""
        header = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        if not header or not response.body:
            return response
        try:
            body = unpacked(response.body, header, request.meta.get("download_maxsize", self.limit))
        except TooLarge as error:
            raise DownloadCancelledError("too large when unpacked") from error
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        return Response(
            response.url,
            response.status,
            headers,
            body,
            request=request,
            ip_address=response.ip_address,
        )
