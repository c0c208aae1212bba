"""An entry that is written is read as it was meant, and the rest of the file stays as it is."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.entry import append, entry, id_of
from crawler.portals import PortalsError, load_portals
from crawler.survey import stranger

PORTAL = replace(
    stranger("http://xa-mau.example.vn"), name="Xã Mẫu (bài mẫu)", ward="Xã Mẫu", province="Huế"
)
OLD = """[[portal]]
id = "cu"
name = "Cũ"
ward = { name = "", province = "Huế" }
start = ["http://cu.example.vn/"]"""


@pytest.mark.parametrize(
    ("host", "id"),
    [
        ("bode.hanoi.gov.vn", "bode"),
        ("www.bode.hanoi.gov.vn", "bode"),
        ("portal.xa-mau.example.vn:8080", "xa-mau"),
        ("127.0.0.2:8001", "127-0-0-2"),
        ("www", "www"),  # nothing else is there
    ],
)
def test_ids_from_hosts(host: str, id: str) -> None:
    assert id_of(host) == id


@given(st.text(), st.text(), st.booleans())
def test_any_text_is_read_as_it_was_written(name: str, ward: str, private: bool) -> None:
    """Surrogates are no text of a page; DEL is no letter and is left out."""
    name, ward = (each.encode(errors="replace").decode() for each in (name, ward))
    portal = replace(PORTAL, name=name, ward=ward, province="Huế", allow_private=private)
    [read] = tomllib.loads(entry(portal))["portal"]
    assert read["name"] == name.replace("\x7f", "")
    assert read["ward"] == {"name": ward.replace("\x7f", ""), "province": "Huế"}
    assert (read["start"], read.get("allow_private", False)) == ([*portal.start], private)


@pytest.mark.parametrize("before", ["", f"# đầu\n{OLD}", f"# đầu\n{OLD}\n", f"{OLD}\n\n# cuối\n"])
def test_the_rest_of_the_file_stays(before: str, tmp_path: Path) -> None:
    path = tmp_path / "portals.toml"
    if before:
        path.write_text(before)
        path.chmod(0o640)
    append(path, entry(PORTAL), load_portals)
    assert path.read_text().startswith(before)
    assert [each.id for each in load_portals(path).portals][-1] == "xa-mau"
    assert not before or path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["portals.toml"]


def test_what_is_not_good_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "portals.toml"
    append(path, entry(PORTAL), load_portals)
    before = path.read_bytes()
    with pytest.raises(PortalsError, match="an id that no other entry has"):
        append(path, entry(PORTAL), load_portals)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["portals.toml"]
