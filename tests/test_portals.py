"""portals.toml is read whole or refused with file, line, field and what was expected."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from crawler.portals import Keep, Portal, Portals, PortalsError, load_portals

EXAMPLE = Path(__file__).parent.parent / "portals.example.toml"

LEAST = """
[[portal]]
id = "phuong-mau"
name = "Phường Mẫu"
ward = { name = "Phường Mẫu", province = "Hà Nội" }
start = ["https://mau.example.vn/tin-tuc"]
"""

FULL = """\
contact = "https://example.vn/bot"

[[portal]]
id = "mau"
name = "Phường Mẫu"
ward = { name = "Phường Mẫu", province = "Hà Nội" }
start = ["http://127.0.0.2:8001", "http://127.0.0.2:8001/tin?b=1"]
hosts = ["127.0.0.2:8001", "127.0.0.3:8001"]
interval = "2d"
delay = "0s"
layout = "auto"
tls = "record"
allow_private = true
paused = true
show = "full"
selectors = { title = "h1.tieu-de" }
"""


def load(text: str, folder: Path) -> Portals:
    path = folder / "portals.toml"
    path.write_text(text, encoding="utf-8")
    return load_portals(path)


def test_defaults_are_gentle(tmp_path: Path) -> None:
    assert load(LEAST, tmp_path) == Portals(
        contact="",
        portals=(
            Portal(
                id="phuong-mau",
                name="Phường Mẫu",
                ward="Phường Mẫu",
                province="Hà Nội",
                start=("https://mau.example.vn/tin-tuc",),
                hosts=("mau.example.vn",),
                interval=timedelta(hours=6),
                delay=timedelta(seconds=5),
                layout="auto",
                tls="verify",
                allow_private=False,
                paused=False,
                show="snippet",
                selectors=None,
            ),
        ),
    )


def test_every_field_is_read(tmp_path: Path) -> None:
    loaded = load(FULL, tmp_path)
    assert loaded.contact == "https://example.vn/bot"
    assert loaded.portals == (
        Portal(
            id="mau",
            name="Phường Mẫu",
            ward="Phường Mẫu",
            province="Hà Nội",
            start=("http://127.0.0.2:8001/", "http://127.0.0.2:8001/tin?b=1"),
            hosts=("127.0.0.2:8001", "127.0.0.3:8001"),
            interval=timedelta(days=2),
            delay=timedelta(0),
            layout="auto",
            tls="record",
            allow_private=True,
            paused=True,
            show="full",
            selectors={"title": "h1.tieu-de"},
        ),
    )


@pytest.mark.parametrize(
    ("table", "kept"),
    [
        ("[archive]", Keep()),
        ('[archive]\nkeep = "730d"', Keep(age=timedelta(days=730))),
        ('[archive]\nsize = "50GB"\nkeep = "1d"', Keep(timedelta(days=1), 50 * 10**9)),
    ],
)
def test_what_is_kept_of_the_archive(table: str, kept: Keep, tmp_path: Path) -> None:
    assert load(f"{table}\n{LEAST}", tmp_path).archive == kept


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ('keep = "2 years"', ":2: keep: expected a duration"),
        ('keep = "0d"', ":2: keep: expected a duration"),
        ("size = 50", ":2: size: expected an amount"),
        ('size = "0GB"', ":2: size: expected an amount"),
        ('sizes = "1GB"', ":2: sizes: expected one of the fields keep, size"),
    ],
)
def test_a_mistake_about_the_archive(line: str, where: str, tmp_path: Path) -> None:
    with pytest.raises(PortalsError, match=where):
        load(f"[archive]\n{line}\n{LEAST}", tmp_path)


def test_no_portal_is_a_file_too(tmp_path: Path) -> None:
    assert load('contact = "toi@example.vn"', tmp_path) == Portals("toi@example.vn", ())


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('id = "mau"', 'id = "Phường Mẫu"', ":4: id: expected small letters"),
        ('id = "mau"\n', "", ":3: id: expected small letters"),  # missing: the entry's head
        ('name = "Phường Mẫu"\nward', 'name = ""\nward', ":5: name: expected the portal's name"),
        ('province = "Hà Nội"', 'tinh = "Hà Nội"', ":6: ward: expected { name ="),
        ('"http://127.0.0.2:8001",', '"127.0.0.2:8001",', ":7: start: expected a list of http(s)"),
        ('"http://127.0.0.2:8001",', '"http://x.vn/",', ":7: start: expected a page on 127.0.0.2"),
        (
            'hosts = ["127.0.0.2:8001",',
            'hosts = ["http://127.0.0.2",',
            ":8: hosts: expected a list",
        ),
        ('interval = "2d"', "interval = 2", ":9: interval: expected a duration of a minute"),
        ('interval = "2d"', 'interval = "30s"', ":9: interval: expected a duration of a minute"),
        ('delay = "0s"', 'delay = "11m"', ":10: delay: expected a duration of at most ten"),
        ("allow_private = true", "allow_private = false", ":10: delay: expected at least 1s"),
        ('layout = "auto"', 'layout = "drupal"', ":11: layout: expected one of auto, "),
        ('tls = "record"', 'tls = "off"', ":12: tls: expected one of verify, record"),
        ("paused = true", 'paused = "yes"', ":14: paused: expected true or false, not 'yes'"),
        ('show = "full"', 'show = "all"', ":15: show: expected one of snippet, full"),
        ('{ title = "h1.tieu-de" }', "{ title = 1 }", ":16: selectors: expected a table"),
        ("title =", "ten =", ":16: selectors: expected a table of CSS selectors for any of"),
        ('"h1.tieu-de"', '"h1..x"', ":16: selectors: expected a table of CSS selectors"),
        ("paused = true", "pause = true", ":14: pause: expected one of the fields id, name"),
        ('"https://example.vn/bot"', '"me"', ":1: contact: expected an e-mail address"),
        ('"https://example.vn/bot"', '"a@b.vn\\nX: y"', ":1: contact: expected an e-mail"),
        ("[[portal]]", "[portal]", "portal: expected entries headed [[portal]]"),
    ],
)
def test_a_mistake_is_refused_where_it_stands(
    old: str, new: str, where: str, tmp_path: Path
) -> None:
    assert old in FULL
    with pytest.raises(PortalsError) as caught:
        load(FULL.replace(old, new, 1), tmp_path)
    assert f"{tmp_path / 'portals.toml'}" in str(caught.value)
    assert where in str(caught.value)


def test_an_id_stands_for_one_portal(tmp_path: Path) -> None:
    with pytest.raises(PortalsError, match=":9: id: expected an id that no other entry has"):
        load(LEAST + LEAST, tmp_path)


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(PortalsError, match=r"expected TOML: .*line 7"):
        load(LEAST + "paused = maybe", tmp_path)


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "portals.toml").write_bytes("contact = 'Phường'".encode("utf-16"))
    with pytest.raises(PortalsError, match="expected UTF-8 text"):
        load_portals(tmp_path / "portals.toml")


def test_no_file_says_what_to_copy(tmp_path: Path) -> None:
    with pytest.raises(PortalsError, match=r"copy portals\.example\.toml"):
        load_portals(tmp_path / "portals.toml")


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        (("127.0.0.2:8001",), True),
        (("localhost:8001",), True),
        (("127.0.0.2", "mau.example.vn"), False),
        (("10.0.0.1",), False),
        (("localhost.example.vn",), False),
    ],
)
def test_loopback_is_known_without_looking_names_up(hosts: tuple[str, ...], expected: bool) -> None:
    assert Portal("a", "A", "A", "B", (), hosts).on_loopback is expected


def test_the_example_is_inert_and_its_entries_are_right(tmp_path: Path) -> None:
    assert load_portals(EXAMPLE) == Portals("", ())
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    bare = [line[1:] if line.startswith("#") and line[1:2].strip() else line for line in lines]
    entries = load("\n".join(bare), tmp_path).portals
    assert len(entries) >= 12
    assert sum("not checked" in line for line in lines) >= len(entries)
    assert not any(portal.allow_private or portal.show == "full" for portal in entries)
