"""Entry: how a portal is written into portals.toml, without touching what stands there."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from crawler.portals import Portal

HOST_LABELS = re.compile(r"www\d*|portal|cong|cms|web")
"""First labels of host names that say nothing of whose the host is."""


def id_of(host: str) -> str:
    """An id for the portal at a host.

    >>> id_of("www.Bode.hanoi.gov.vn"), id_of("127.0.0.2:8001")
    ('bode', '127-0-0-2')
    """
    name = urlsplit(f"//{host}").hostname or ""
    labels = [name] if name.replace(".", "").isdigit() else name.split(".")
    telling = (each for each in labels if not HOST_LABELS.fullmatch(each))
    return re.sub(r"[^a-z0-9]+", "-", next(telling, name)).strip("-") or "portal"


def entry(portal: Portal) -> str:
    """The portal as an entry of portals.toml, with what is not as usual."""
    lines = [
        "[[portal]]",
        f"id = {_quoted(portal.id)}",
        f"name = {_quoted(portal.name)}",
        f"ward = {{ name = {_quoted(portal.ward)}, province = {_quoted(portal.province)} }}",
        f"start = [{', '.join(map(_quoted, portal.start))}]",
    ]
    if portal.allow_private:
        lines.append("allow_private = true")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML; JSON's are that, but for a letter that nobody sees."""
    return json.dumps(text.replace("\x7f", ""), ensure_ascii=False)


def append(path: Path, addition: str, check: Callable[[Path], object]) -> None:
    """Put an entry at the end of the file; all that stands in it stays as it is.

    Whoever reads meanwhile finds the old file or the new. `check` is given the new one beside the
    old, and raises where it is not good: then nothing was changed.
    """
    path = path.resolve()
    before = path.read_bytes() if path.exists() else b""
    gap = b"" if not before else b"\n" if before.endswith(b"\n") else b"\n\n"
    new = path.with_name(f"{path.name}.new")
    try:
        with new.open("wb") as file:
            file.write(before + gap + addition.encode())
            file.flush()
            os.fsync(file.fileno())
        check(new)
        if before:
            new.chmod(path.stat().st_mode & 0o777)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
