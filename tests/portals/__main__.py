"""`python -m tests.portals`: serve the sample portals until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from urllib.parse import urlsplit

from tests.portals.server import portals_toml, serve
from tests.portals.sites import load_sites

STOPS = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.portals", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (the default): any free port")
    parser.add_argument("--portals", type=Path, help="write a portals.toml for them, once they run")
    options = parser.parse_args()
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # before any thread starts: all inherit it
    sites = load_sites()
    with serve(options.port, sites) as bases:
        for site in sites:
            print(f"{bases[site.id]}/  {site.name} ({len(site.articles)} bài mẫu)", flush=True)
        if options.portals:
            port = urlsplit(bases[sites[0].id]).port
            assert port is not None
            options.portals.write_text(portals_toml(port))
        signal.sigwait(STOPS)


main()
