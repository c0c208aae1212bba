"""Serving: gunicorn, run from within the command.

Several processes share the mapped index; each has more threads than may wait for a search, so that
health is told while all others wait. Which connections get a thread is for `connections.py` to say.
What stops a slow query is the engine's own deadline (QUERY_SECONDS in indexer/search.py), since
gunicorn's timeout does not end a thread (benoitc/gunicorn#2086).
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from webui import metrics
from webui.connections import Worker, close_after_body
from webui.limits import WAITING

THREADS = 2 * WAITING
"""Requests that one process answers at a time: all that may wait for a search, and as many more."""

CONNECTIONS = 800
"""Connections of one process; with the files of the index fewer than 1,024, the usual limit."""

DEFER_SECONDS = 10
"""How long the kernel keeps a connection without a request to itself."""

UNREAD_MILLISECONDS = 30_000
"""How long a client may take nothing of an answer until the kernel ends the connection."""

LINE_BYTES = 8000
"""Length of the first line of a request: the longest query fits, percent-encoded."""

FIELDS = 60
"""Header fields of a request; together with the first line they may have HEAD_BYTES."""


FIELD_BYTES = 8190
"""Length of one of them."""


def serve(
    make_app: Callable[[], Any],
    host: str,
    port: int,
    workers: int,
    metrics_at: tuple[str, int] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM; returns by SystemExit, with a message where it cannot listen.

    The application is made once, before the workers fork, and shares its memory with them. Metrics
    are told at their own address, where there is one, and nothing else is.
    """
    listeners = [listen(*each) for each in ((host, port), metrics_at) if each]
    private = listeners[-1].getsockname()[:2]
    settings = {
        "bind": [f"fd://{each.detach()}" for each in listeners],  # gunicorn's own from here on
        "workers": workers,
        "threads": THREADS,
        "worker_class": Worker,
        "worker_connections": CONNECTIONS,
        "limit_request_line": LINE_BYTES,
        "limit_request_fields": FIELDS,
        "limit_request_field_size": FIELD_BYTES,
        "forwarded_allow_ips": "",  # what proxies say is for ProxyFix to believe
        "pre_request": close_after_body,
        "preload_app": True,
        "loglevel": "warning",
        "proc_name": "tinphuong",
        "control_socket_disable": True,  # it would write to the home folder
    }
    if metrics_at:
        folder = Path(mkdtemp(prefix="tinphuong-"))
        settings["on_exit"] = lambda _arbiter: shutil.rmtree(folder)
        Server(lambda: with_metrics(make_app(), folder, private), settings).run()
    Server(make_app, settings).run()


def with_metrics(app: Flask, folder: Path, private: tuple[str, int]) -> Callable[[Any, Any], Any]:
    """The application; to who came by the private address, its metrics instead."""
    told, private_name, private_port = metrics.register(app, folder), private[0], str(private[1])

    def either(environ: Any, start_response: Any) -> Any:
        came_by = environ["SERVER_NAME"], environ["SERVER_PORT"]  # of the socket, not of a header
        served = told if came_by == (private_name, private_port) else app
        return served(environ, start_response)

    return either


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises SystemExit where the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or error
        raise SystemExit(f"tinphuong: cannot listen at {host}, port {port}: {reason}") from error
    if hasattr(socket, "TCP_DEFER_ACCEPT"):  # Linux; connections have both from their listener
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, DEFER_SECONDS)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MILLISECONDS)
    return listener


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with settings from a mapping instead of files and the command line."""

    def __init__(self, make_app: Callable[[], Any], settings: dict[str, Any]) -> None:
        self._make_app = make_app
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._make_app()
