"""`python -m tests.portals`: serve the sample portals until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import signal

from tests.portals.server import serve
from tests.portals.sites import load_sites

STOPS = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.portals", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (the default): any free port")
    port = parser.parse_args().port
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # before any thread starts: all inherit it
    sites = load_sites()
    with serve(port, sites) as bases:
        for site in sites:
            print(f"{bases[site.id]}/  {site.name} ({len(site.articles)} bài mẫu)", flush=True)
        signal.sigwait(STOPS)


main()
