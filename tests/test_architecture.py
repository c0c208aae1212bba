"""docs/architecture.md and the imports agree: direction, and one owner a library.

The two tables of that page are the rule; this test reads them and every import.
"""

from __future__ import annotations

import ast
import re
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("crawler", "indexer", "webui", "tinphuong")
FILES = sorted(
    [*(path for room in ROOMS[:3] for path in (ROOT / room).rglob("*.py")), ROOT / "tinphuong.py"]
)
PAGE = (ROOT / "docs" / "architecture.md").read_text()


def module_name(path: Path) -> str:
    """crawler/store.py → crawler.store; indexer/engine/__init__.py → indexer.engine."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in FILES}


def imports(path: Path) -> set[str]:
    """Dotted names of all modules a file imports, wherever in the file the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            assert node.module is not None
            found.update(_members(node.module, node.names))
    return found


def _members(module: str, names: list[ast.alias]) -> set[str]:
    """`from indexer import search` names indexer.search; `from x import y` names x."""
    submodules = {f"{module}.{alias.name}" for alias in names} & set(MODULES)
    return submodules or {module}


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading; cells without backquotes."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def names_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


ALLOWED = {names_in(row[0])[0]: names_in(row[1]) for row in table("Which way do imports point?")}
OWNERS = {
    library: names_in(row[1])
    for row in table("Who owns which library?")
    for library in names_in(row[0])
}


def within(module: str, places: list[str]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    room = module.split(".")[0]
    allowed = [*ALLOWED[room], *ALLOWED.get(module, [])]  # a module may have a row of its own
    for imported in imports(MODULES[module]):
        if imported.split(".")[0] in ROOMS and not within(imported, [room]):
            assert within(imported, allowed), f"{module} may not import {imported}"


@pytest.mark.parametrize("module", MODULES)
def test_every_library_has_its_owner(module: str) -> None:
    for imported in imports(MODULES[module]):
        library = imported.split(".")[0]
        if library not in ROOMS and library not in sys.stdlib_module_names:
            assert library in OWNERS, f"{module}: {library} has no owner in docs/architecture.md"
            assert within(module, OWNERS[library]), f"{module} may not import {library}"


def test_owners_use_what_they_own() -> None:
    used = {
        (imported.split(".")[0], module)
        for module, path in MODULES.items()
        for imported in imports(path)
    }
    for library, places in OWNERS.items():
        for place in places:
            assert any(library == name and within(module, [place]) for name, module in used), (
                f"docs/architecture.md: {place} does not import {library}"
            )


def test_no_import_cycle() -> None:
    graph = {
        module: {name for name in imports(path) if name in MODULES and name != module}
        for module, path in MODULES.items()
    }
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the cycle


def test_every_module_stands_in_the_page() -> None:
    missing = [
        module
        for module, path in MODULES.items()
        if path.name != "__init__.py" and f"`{path.name}`" not in PAGE
    ]
    assert missing == []


def test_the_top_level_is_the_one_agreed_on() -> None:
    folders = {"crawler", "indexer", "webui", "index", "tests", "benchmarks", "docs"}
    hidden_or_made = {"build", "demo"}
    found = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith((".", "_")) and "egg-info" not in path.name
    }
    assert found - hidden_or_made == folders
