"""Floors go up by themselves, and down only with a reason that stays in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import extraction_floors
from tests.extraction_floors import Floor, below, better, load_floors, main, pin

SHARE, ERROR, COUNT = Floor(0.9, False), Floor(0.1, True), Floor(5, True)

MOVES = [
    # floor, reached, whether it is missed, the better bound
    (SHARE, 0.95, False, 0.948),  # up, less the margin
    (SHARE, 0.901, False, None),  # within the margin: the floor is not lowered to 0.899
    (SHARE, 0.9, False, None),
    (SHARE, 0.899, True, None),
    (ERROR, 0.05, False, 0.052),  # low is good: the margin lies above
    (ERROR, 0.099, False, None),
    (ERROR, 0.101, True, None),
    (COUNT, 2, False, 2),  # counts have no margin
    (COUNT, 5, False, None),
    (COUNT, 6, True, None),
    (Floor(1.0, False), 1.0, False, None),  # nothing is better than all
]


@pytest.mark.parametrize(("floor", "reached", "missed", "bound"), MOVES)
def test_how_a_floor_moves(floor: Floor, reached: float, missed: bool, bound: float | None) -> None:
    assert below({"x": floor}, {"x": reached}) == ({"x": reached} if missed else {})
    assert better({"x": floor}, {"x": reached}) == ({} if bound is None else {"x": bound})


def test_a_figure_without_floor_is_an_error() -> None:
    with pytest.raises(KeyError):
        below({"x": SHARE}, {"y": 1.0})


FILE = """\
# kept

[at_least] # kept
titles = 0.9
days = 0.8 # lowered from 0.85: a portal changed

[at_most]
lines = 5
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "floors.toml"
    path.write_text(FILE)
    return path


def test_better_floors_are_written_and_nothing_else(path: Path) -> None:
    changed = pin(path, {"titles": 0.95, "days": 0.8, "lines": 3})
    assert changed == ["titles = 0.948", "lines = 3"]
    expected = FILE.replace("titles = 0.9", "titles = 0.948").replace("lines = 5", "lines = 3")
    assert path.read_text() == expected


def test_a_raised_floor_loses_the_old_reason(path: Path) -> None:
    pin(path, {"days": 0.9})
    assert "\ndays = 0.898\n" in path.read_text()


def test_a_worse_figure_is_refused_by_name_and_nothing_is_written(path: Path) -> None:
    with pytest.raises(ValueError, match=r"^days: 0\.7 misses its floor 0\.8$"):
        pin(path, {"titles": 0.95, "days": 0.7, "lines": 3})
    assert path.read_text() == FILE


def test_a_blank_reason_is_none(path: Path) -> None:
    with pytest.raises(ValueError, match="days"):
        pin(path, {"days": 0.7}, " \n")


def test_a_reason_lowers_and_stays_in_the_file(path: Path) -> None:
    pin(path, {"titles": 0.95, "days": 0.8, "lines": 7}, "two more\nsample sites")
    assert "lines = 7 # lowered from 5: two more sample sites\n" in path.read_text()
    assert load_floors(path) == {
        "titles": Floor(0.948, False),
        "days": Floor(0.8, False),
        "lines": Floor(7, True),
    }


@pytest.fixture
def command(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command over a file of our own, where days got worse."""
    monkeypatch.setattr(extraction_floors, "FILE", path)
    monkeypatch.setattr(extraction_floors, "measure", lambda: {"days": 0.7})
    return path


def test_the_command_refuses(command: Path) -> None:
    assert main([]) == "days: 0.7 misses its floor 0.8"  # sys.exit(text) ends with code 1
    assert command.read_text() == FILE


def test_the_command_lowers(command: Path) -> None:
    assert main(["--lower", "fewer pages"]) is None
    assert "days = 0.698 # lowered from 0.8: fewer pages\n" in command.read_text()
