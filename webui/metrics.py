"""Metrics: what did this server answer, how fast, and how old is what it searches? (Prometheus)

Each process counts into files of its own in one folder, and whichever is asked adds them up.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request, request_finished, request_started
from prometheus_client import CollectorRegistry, Counter, Histogram, make_wsgi_app, values
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from indexer.search import IndexMissing
from webui.reading import Reading

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
"""Bounds of the histogram: from a static file to the deadline of a query."""


class Age(Collector):
    """How old the generation that is searched is, when asked."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge; none where there is no index."""
        try:
            manifest = self._reading.manifest()
        except IndexMissing:
            return
        age = datetime.now(UTC) - datetime.fromisoformat(manifest.created)
        text = "Seconds since the generation that is searched was made."
        yield GaugeMetricFamily("tinphuong_generation_age_seconds", text, age.total_seconds())


def register(app: Flask, folder: Path) -> Any:
    """Count the answers of the application in `folder`; gives the WSGI application that tells them.

    Once a process, before it forks: prometheus-client counts in one way for all of a process.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
    counting = CollectorRegistry()  # of this process alone, so never read
    answers = Counter("tinphuong_answers", "Answers.", ("route", "status"), registry=counting)
    seconds = Histogram(
        "tinphuong_answer_seconds",
        "Seconds from the head of a request to its answer.",
        ("route",),
        registry=counting,
        buckets=SECONDS,
    )

    def begin(_app: Flask) -> None:
        g.began = time.perf_counter()

    def count(_app: Flask, response: Response) -> None:
        route = request.url_rule.rule if request.url_rule else "none"
        answers.labels(route, response.status_code).inc()
        seconds.labels(route).observe(time.perf_counter() - g.began)

    request_started.connect(begin, app, weak=False)
    request_finished.connect(count, app, weak=False)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    registry.register(Age(app.extensions["reading"]))
    return make_wsgi_app(registry)
