"""Serving: gunicorn, run from within the command.

Browsers open connections that carry no request for a while. The kernel keeps those back
(TCP_DEFER_ACCEPT), and workers are threaded to leave slow ones to a poller. What stops a slow
query is the engine's own deadline (QUERY_SECONDS in indexer/search.py), since gunicorn's timeout
does not end a thread (benoitc/gunicorn#2086).
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

THREADS = 4
"""Connections that one worker reads at a time."""

DEFER_SECONDS = 10
"""How long the kernel keeps a connection without a request to itself."""


def serve(make_app: Callable[[], Any], host: str, port: int, workers: int) -> None:
    """Serve until SIGINT or SIGTERM; returns by SystemExit, with a message where it cannot listen.

    The application is made once, before the workers fork, and shares its memory with them.
    """
    settings = {
        "bind": f"fd://{listen(host, port).detach()}",  # gunicorn's own from here on
        "workers": workers,
        "threads": THREADS,
        "worker_class": "gthread",
        "preload_app": True,
        "loglevel": "warning",
        "proc_name": "tinphuong",
        "control_socket_disable": True,  # it would write to the home folder
    }
    Server(make_app, settings).run()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises SystemExit where the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or error
        raise SystemExit(f"tinphuong: cannot listen at {host}, port {port}: {reason}") from error
    if hasattr(socket, "TCP_DEFER_ACCEPT"):  # Linux
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, DEFER_SECONDS)
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
