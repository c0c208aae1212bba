"""Which distribution of Whoosh? Each candidate in a virtual environment of its own, probed.

    python benchmarks/whoosh_distributions.py

prints the Markdown tables of docs/whoosh.md: what each package is, which of the known defects it
has (benchmarks/whoosh_probe.py), whether it reads the others' indexes, and its speed as a ratio to
the one we use. It installs the candidates from the package index into a temporary folder.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import venv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PROBE = Path(__file__).with_name("whoosh_probe.py")
NETWORK = {"socket", "urllib", "http", "ftplib", "smtplib", "requests", "httpx", "aiohttp"}
PROCESSES = {"subprocess", "multiprocessing", "ctypes"}
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pinned distribution and the package it is imported as."""

    name: str
    version: str
    package: str = "whoosh"


CANDIDATES = (
    Candidate("whoosh-reloaded", "2.7.5"),  # ours comes first: speeds are ratios to it
    Candidate("whoosh", "2.7.4"),
    Candidate("whoosh3", "3.54.0"),
    Candidate("whoosh-ng", "5.4.0"),
    Candidate("whoosh-novo", "3.0.0a1"),
    Candidate("wesh", "3.0.0", "wesh"),  # later versions want Python 3.12
)


@dataclass(frozen=True, slots=True)
class Installed:
    """A candidate in its virtual environment."""

    candidate: Candidate
    home: Path

    @property
    def python(self) -> Path:
        return self.home / "bin" / "python"

    @property
    def packages(self) -> Path:
        (folder,) = self.home.glob("lib/python*/site-packages")
        return folder

    @property
    def metadata(self) -> Distribution:
        (found,) = distributions(name=self.candidate.name, path=[str(self.packages)])
        return found

    def ask(self, command: str, *arguments: str) -> Any:
        """The answer of the probe. Raises CalledProcessError where the probe fails."""
        call = [str(self.python), "-W", "ignore", str(PROBE), self.candidate.package, command]
        done = subprocess.run([*call, *arguments], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)


def install(candidate: Candidate, parent: Path) -> Installed:
    """Make the environment of a candidate. Raises CalledProcessError where pip fails."""
    installed = Installed(candidate, parent / candidate.name)
    venv.create(installed.home)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python"]
    pinned = f"{candidate.name}=={candidate.version}"
    subprocess.run([*pip, str(installed.python), "install", "--quiet", pinned], check=True)
    return installed


def described(installed: Installed) -> Iterator[tuple[str, str]]:
    """What the package says of itself and what its sources import."""
    metadata = installed.metadata.metadata
    yield "imported as", ", ".join(sorted(tops(installed)))
    author = metadata.get("Author") or metadata.get("Author-email", "")
    yield "maintainer", metadata.get("Maintainer") or author.split(" <")[0]
    yield "licence", metadata.get("License-Expression") or metadata.get("License", "")
    wanted = [each for each in installed.metadata.requires or [] if "extra ==" not in each]
    yield "needs", ", ".join(wanted) or "nothing"
    yield "Python", metadata.get("Requires-Python", "not said")
    files = [path for top in tops(installed) for path in (installed.packages / top).rglob("*.py")]
    yield "modules, lines", f"{len(files)}, {sum(map(lines, files)):,}"
    used = {name for path in files for name in imported(path)}
    yield "imports of network modules", ", ".join(sorted(used & NETWORK)) or "none"
    yield "imports of process modules", ", ".join(sorted(used & PROCESSES)) or "none"


def tops(installed: Installed) -> set[str]:
    """The top-level packages that the distribution puts on the import path."""
    names = {file.parts[0] for file in installed.metadata.files or [] if file.suffix == ".py"}
    return {name for name in names if "." not in name}


def lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def imported(path: Path) -> Iterator[str]:
    """Top-level names of all modules a file imports."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def probed(answers: Sequence[dict[str, Any]]) -> list[list[str]]:
    """A row per probe: ok, or what goes wrong."""
    return [
        [name, *("ok" if cell["right"] else f"✗ {cell['detail']}" for cell in cells)]
        for name, cells in ((name, [answer[name] for answer in answers]) for name in answers[0])
    ]


def speeds(everyone: Sequence[Installed]) -> list[dict[str, float]]:
    """The best figures of each, in rounds that take turns: others may work on the machine."""
    rounds = [[each.ask("speed") for each in everyone] for _round in range(ROUNDS)]
    return [dict(best(figures)) for figures in zip(*rounds, strict=True)]


def best(figures: Sequence[dict[str, float]]) -> Iterator[tuple[str, float]]:
    for name in figures[0]:
        pick = min if name.endswith(" ms") else max
        yield name, pick(each[name] for each in figures)


def ratios(figures: Sequence[dict[str, float]]) -> Iterator[list[str]]:
    """A row per figure: the first candidate's figure, then the others' as a ratio to it."""
    for name, ours in figures[0].items():
        yield [name, f"{ours:,.4g}", *(f"× {speed[name] / ours:.2f}" for speed in figures[1:])]


def readings(all_installed: Sequence[Installed], folder: Path) -> Iterator[list[str]]:
    """A row per writer: whether each candidate reads the index it wrote."""
    for writer in all_installed:
        path = str(folder / writer.candidate.name)
        writer.ask("write", path)
        yield [
            f"written by {writer.candidate.name}",
            *(reads(reader, path) for reader in all_installed),
        ]


def reads(reader: Installed, path: str) -> str:
    try:
        return "ok" if reader.ask("read", path) == {"found": 50} else "✗ wrong result"
    except subprocess.CalledProcessError as error:
        return f"✗ {error.stderr.strip().splitlines()[-1].split(':')[0]}"


def markdown(title: str, heads: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table. Bars inside a cell are escaped."""
    heads = list(heads)
    body = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join([f"| {title} | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|", *body])


def main() -> None:
    heads = [f"{each.name} {each.version}" for each in CANDIDATES]
    with TemporaryDirectory(prefix="whoosh-distributions-") as folder:
        parent = Path(folder)
        everyone = [install(each, parent / "environments") for each in CANDIDATES]
        facts = [dict(described(each)) for each in everyone]
        package = [[name, *(fact[name] for fact in facts)] for name in facts[0]]
        print(markdown("package", heads, package), end="\n\n")
        rows = probed([each.ask("probe") for each in everyone])
        differing = [row for row in rows if len(set(row[1:])) > 1]
        print(markdown("probe", heads, differing), end="\n\n")
        alike = [row[:2] for row in rows if row not in differing]
        print(markdown("probe", ["all of them"], alike), end="\n\n")
        print(markdown("index", heads, readings(everyone, parent / "indexes")), end="\n\n")
        print(markdown("speed", heads, ratios(speeds(everyone))))


if __name__ == "__main__":
    main()
