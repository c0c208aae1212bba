"""What README and docs/operating.md tell an operator to type is there to be typed."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import click
import pytest

from tinphuong import cli

ROOT = Path(__file__).parent.parent
OPERATING = (ROOT / "docs" / "operating.md").read_text()
README = (ROOT / "README.md").read_text()
UNITS = re.findall(r"```ini\n(.*?)```", OPERATING, re.DOTALL)


def commands(text: str) -> Iterator[list[str]]:
    """The words after each `tinphuong` at the head of a line, in backquotes or in a unit."""
    for line in re.findall(r"(?m)(?:^    |`|bin/(?=\w+ -)|&& )tinphuong ([^`&\n]*)", text):
        yield shlex.split(line, comments=True)


def test_there_are_commands_to_check() -> None:
    assert {"schedule", "serve", "audit", "forget"} <= {
        word for words in commands(README + OPERATING) for word in words
    }


@pytest.mark.parametrize("words", [*commands(README + OPERATING)], ids=" ".join)
def test_every_command_that_is_named_is_one(words: list[str]) -> None:
    """Its name and its options; addresses and files stand for others."""
    command: click.Command = cli
    options = known(command)
    for word in (word for word in words if word not in ("…", ">>", "2>&1")):
        if isinstance(command, click.Group) and word in command.commands:
            command = command.commands[word]
            options = known(command)
        elif word.startswith("-"):
            assert word in options, f"{word} is no option of tinphuong {command.name}"
    assert command is not cli or "COMMAND" in words, "no command is named"


def known(command: click.Command) -> set[str]:
    return {"--help", *(option for parameter in command.params for option in parameter.opts)}


@pytest.mark.parametrize("unit", UNITS, ids=["schedule", "web"])
def test_the_units_are_understood(unit: str, tmp_path: Path) -> None:
    parsed = ConfigParser(interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read_string(unit)
    assert {*parsed} == {"DEFAULT", "Unit", "Service", "Install"}
    program = parsed["Service"]["ExecStart"].split()[0]
    if systemd := shutil.which("systemd-analyze"):
        path = tmp_path / "tinphuong.service"
        path.write_text(unit.replace(program, "/bin/true"))
        done = subprocess.run([systemd, "verify", path], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
