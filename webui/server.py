"""Serving: gunicorn, run from within the command.

Workers are threaded not for speed but for idle connections: browsers open some that carry no
request for a while, and a `sync` worker would wait on each. What stops a slow query is the
engine's own deadline, since gunicorn's timeout does not end a thread (benoitc/gunicorn#2086).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

THREADS = 4
"""Connections that one worker reads at a time."""


def serve(make_app: Callable[[], Any], host: str, port: int, workers: int) -> None:
    """Serve until SIGINT or SIGTERM; returns by SystemExit.

    The application is made once, before the workers fork, and shares its memory with them.
    """
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    Server(
        make_app,
        {
            "bind": address,
            "workers": workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "preload_app": True,
            "loglevel": "warning",
            "proc_name": "tinphuong",
            "control_socket_disable": True,  # it would write to the home folder
        },
    ).run()


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
