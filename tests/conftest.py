"""What several tests share: where the real data lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real pages and retrieval sets; skips where there is none."""
    folder = os.environ.get("TINPHUONG_DATA")
    if not folder:
        pytest.skip("set TINPHUONG_DATA to the folder of real pages to run this test")
    return Path(folder)
