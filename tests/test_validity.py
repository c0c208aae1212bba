"""The Nu HTML checker finds no error on any kind of page: `make validate`."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import PAGES
from tests.small_site import configuration, opened

pytestmark = pytest.mark.validate

MISSING = "needs Java and the Nu HTML checker: npm pack vnu-jar, unpack, set VNU_JAR to vnu.jar"


def checked(folder: Path) -> list[str]:
    """What the checker says of all HTML files in a folder: name of the file, line, message."""
    jar = os.environ.get("VNU_JAR", "")
    if shutil.which("java") is None or not Path(jar).is_file():
        pytest.skip(MISSING)
    command = ["java", "-jar", jar, "--errors-only", "--exit-zero-always", "--format", "json"]
    told = subprocess.run([*command, str(folder)], capture_output=True, check=True, text=True)
    return [
        f"{Path(each['url']).name}:{each['lastLine']}: {each['message']}"
        for each in json.loads(told.stderr)["messages"]
    ]


def test_every_kind_of_page_is_valid(small_site: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "html"
    folder.mkdir()
    with opened(small_site) as app:
        client = app.test_client()
        for name, address in PAGES.items():
            for language in ("vi", "en"):
                mark = "&" if "?" in address else "?"
                answer = client.get(f"{address}{mark}lang={language}")
                assert answer.status_code < 500
                file = folder / f"{re.sub('[^a-z]+', '-', name)}-{language}.html"
                file.write_text(answer.text)
        (folder / "refused.html").write_text(client.post("/search").text)
    with opened(configuration(tmp_path / "bare")) as app:
        (folder / "no-index.html").write_text(app.test_client().get("/search?q=rác").text)
    assert checked(folder) == []
