"""Connections: which of them is given a thread, and how are they ended?

gunicorn's threaded worker gives a connection one of its few threads at the first byte, and waits on
its only loop for clients to close: a few hundred slow ones stop it. Here the head of a request is
looked at where the kernel keeps it (MSG_PEEK) and gets its thread when it is whole, no body is ever
waited for, and who does not close lingers in the poller. What is known of a connection between two
looks stands on it as `head_by`, `peeked` and `drained`.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from webui import HEADERS

HEAD_BYTES = 1 << 15
"""Of an unfinished head so long no more is waited for: the parser refuses it."""

HEAD_SECONDS = 10.0
"""Time for the head of a request to be sent."""

LINGER_SECONDS = 2.0
"""Time for a client to close after its last answer (RFC 9112, section 9.6)."""

LINGER_BYTES = 1 << 16
"""What is taken of a body that nobody reads, so that no reset overtakes the answer."""

UNFINISHED = -1
END_OF_HEAD = b"\r\n\r\n"


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker, which slow clients cost no thread."""

    def enqueue_req(self, conn: Any) -> None:
        """Give the connection a thread, or wait for the rest of its head."""
        seen = unfinished(conn)
        if not seen:
            conn.data_ready = True
            super().enqueue_req(conn)
        elif time.monotonic() < (until := _head_by(conn)):
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, seen + 1)
            self._park(conn, until, self.on_pending_socket_readable)
        else:
            self._drop(conn)

    def finish_request(self, conn: Any, done: Future[Any]) -> None:
        """Keep the connection; or end our half of it and wait for the other, not on this loop."""
        if done.cancelled() or done.exception() or done.result():
            super().finish_request(conn, done)
            return
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            self._park(conn, time.monotonic() + LINGER_SECONDS, self._drain)
        except OSError:  # the other side has gone
            self._drop(conn)

    def _drain(self, conn: Any, client: socket.socket) -> None:
        """Take what still comes; close at its end, or when it is too much."""
        try:
            taken = len(client.recv(LINGER_BYTES))
        except OSError:
            taken = 0
        conn.drained = getattr(conn, "drained", 0) + taken
        if not taken or conn.drained > LINGER_BYTES:
            self.poller.unregister(client)
            self.pending_conns.remove(conn)
            self._drop(conn)

    def _park(self, conn: Any, until: float, readable: Callable[..., None]) -> None:
        """Leave the connection to the poller; after `until` gunicorn closes it."""
        conn.sock.setblocking(False)
        conn.timeout = until
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(readable, conn))

    def _drop(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Answer what is no request; gunicorn would write the client's address into the log."""
        if isinstance(exc, ParseException):
            client.setblocking(False)
            client.send(refusal(exc))
        else:
            super().handle_error(req, client, addr, exc)


def unfinished(conn: Any) -> int:
    """Bytes of a head that is not whole yet, and at least 1; 0 where a thread is to look at it."""
    if conn.parser is not None and conn.parser.unreader.buf.getvalue():
        return 0  # read already, behind the request before
    try:
        head = conn.sock.recv(HEAD_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return 1
    except OSError:
        return 0
    before, conn.peeked = getattr(conn, "peeked", UNFINISHED), len(head)
    if END_OF_HEAD not in head and len(head) not in (0, before, HEAD_BYTES):
        return len(head)
    if before != UNFINISHED:  # else a thread would wait for so many bytes
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
    conn.head_by, conn.peeked = None, UNFINISHED
    return 0


def _head_by(conn: Any) -> float:
    """Until when the head of the next request may be under way."""
    if getattr(conn, "head_by", None) is None:
        conn.head_by = time.monotonic() + HEAD_SECONDS
    until: float = conn.head_by
    return until


def refusal(error: ParseException) -> bytes:
    """The answer to what could not be read as a request."""
    status = "400 Bad Request"
    if isinstance(error, LimitRequestLine):
        status = "414 URI Too Long"
    elif isinstance(error, LimitRequestHeaders):
        status = "431 Request Header Fields Too Large"
    fields = {**HEADERS, "Connection": "close", "Content-Type": "text/plain"}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(status)}", "", status]).encode("ascii")


def close_after_body(_worker: Worker, request: Any) -> None:
    """Hook of gunicorn: bodies are not read, so a request that brings one is the last."""
    if any(name in ("CONTENT-LENGTH", "TRANSFER-ENCODING") for name, _ in request.headers):
        request.force_close()
