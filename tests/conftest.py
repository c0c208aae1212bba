"""What several tests share: where the real data lies."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from indexer.wards import Gazetteer, load_gazetteer
from tests.small_site import make_site


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
