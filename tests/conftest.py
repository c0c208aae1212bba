"""What several tests share: the real data, a small site, a browser over it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from indexer.wards import Gazetteer, load_gazetteer
from tests.browsing import bare_site, browser, desk, phone, site  # noqa: F401
from tests.small_site import make_site

# No example is judged by its time, since machines are shared. Everything else stays as hypothesis
# has it where it runs: in CI the same examples every time.
settings.register_profile(
    "untimed", settings.get_profile(settings.get_current_profile_name()), deadline=None
)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real pages and retrieval sets; skips where there is none."""
    folder = os.environ.get("TINPHUONG_DATA")
    if not folder:
        pytest.skip("set TINPHUONG_DATA to the folder of real pages to run this test")
    return Path(folder)


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A small corpus, stored and indexed: the configuration of webui.create_app() over it."""
    return make_site(tmp_path_factory.mktemp("small-site"))


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    """Every ward of both times."""
    return load_gazetteer()
