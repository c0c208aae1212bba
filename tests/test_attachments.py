"""Files of strangers: read where they can be, and harmless where they cannot."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import pytest

import crawler.attachments
from crawler.attachments import LONGEST, PAGES, FileText, State, read_file, text_of
from tests.documents import W, assembled, docx, packed, pdf, stream
from tests.test_fonts import IN_TCVN3, IN_VNI, MOTTO

LINE = "Kế hoạch số 05/KH-UBND của phường Sao Mai (bài mẫu), năm 2025"
TABLE = (
    "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Tổ 5</w:t></w:r></w:p></w:tc>"
    "<w:tc><w:p><w:r><w:t>81m</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
)
TWICE = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    "<mc:Choice><w:p><w:r><w:t>Khung</w:t></w:r></w:p></mc:Choice>"
    "<mc:Fallback><w:p><w:r><w:t>Khung</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>"
)
CHANGED = "<w:p><w:r><w:delText>cũ</w:delText><w:t>mới</w:t><w:tab/><w:t>a</w:t><w:br/></w:r></w:p>"

ENCRYPTED = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (
    b"41" * 32,
    b"42" * 32,
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (pdf([LINE, LINE]), FileText("text", f"{LINE}\n{LINE}")),
        (b"\n\n" + pdf([LINE]), FileText("text", LINE)),  # a line before the file's own head
        (docx([LINE, "", f"  {LINE} "]), FileText("text", f"{LINE}\n{LINE}")),
        (docx(["Một"], TABLE), FileText("text", "Một\nTổ 5\n81m")),  # a cell a line
        (docx(["Một"], TWICE), FileText("text", "Một\nKhung")),  # for old programs once more
        (docx([], CHANGED), FileText("text", "mới a")),  # what was struck out is not read
        (docx(["Ke\u0302\u0301 hoa\u0323ch"]), FileText("text", "Kế hoạch")),  # NFC
        (docx([IN_TCVN3]), FileText("text", MOTTO)),  # a font's own encoding
        (docx([IN_VNI]), FileText("text", MOTTO)),
        (pdf([""] * 3), FileText("scan")),
        (pdf(["Ký bởi: Bài Mẫu"] * 3), FileText("scan")),  # a signature's stamp is no text
        (pdf([LINE], ENCRYPTED), FileText("locked")),
        (pdf([LINE])[:200], FileText("damaged")),
        (b"%PDF-1.4 bai mau", FileText("damaged")),
        (docx([LINE])[:200], FileText("damaged")),
        (packed("<w:document"), FileText("damaged")),
        (packed("", "xl/workbook.xml"), FileText("unknown")),
        (b"\xd0\xcf\x11\xe0 an old Word file", FileText("unknown")),
        (b"", FileText("unknown")),
    ],
    ids=lambda value: value.state if isinstance(value, FileText) else "file",
)
def test_what_a_file_says(body: bytes, expected: FileText) -> None:
    assert text_of(body) == expected


def entities() -> bytes:
    """A billion laughs: each entity ten of the one before."""
    lines = "".join(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 12))
    head = f'<!DOCTYPE w:document [<!ENTITY e0 "ha">{lines}]>'
    return packed(
        f'{head}<w:document xmlns:w="{W}"><w:p><w:r><w:t>&e11;</w:t></w:r></w:p></w:document>'
    )


def nested_streams() -> bytes:
    """A page of 280 MB, packed twice."""
    content = stream(b"BT (ha) Tj ET\n" * 20_000_000, filters=2)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>"
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            page,
            content,
        ]
    )


def endless_pages() -> bytes:
    """A tree of pages that is its own branch."""
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000000 >>",
        ]
    )


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (packed(b"<a>" + b" " * 200_000_000), "too much"),  # a bomb of 200 MB
        (packed(b"<a>" * 1_000_000), "damaged"),  # nested a million deep
        (entities(), "damaged"),
        (endless_pages(), "damaged"),
        (pdf([LINE] * 3 * PAGES), "text"),
        (nested_streams(), "scan"),
    ],
    ids=["bomb", "nested", "entities", "endless", "3,000 pages", "streams"],
)
def test_bad_files_are_bounded(body: bytes, state: State) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = read_file(body)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert found.state == state
    assert len(found.text) <= LONGEST
    assert used.ru_maxrss < 1_100_000  # kilobytes, of the largest so far
    assert used.ru_utime - before.ru_utime < crawler.attachments.PROCESSOR_SECONDS + 2


def test_a_file_is_read_apart() -> None:
    assert read_file(pdf([LINE])) == FileText("text", LINE)


@pytest.mark.parametrize(
    ("ending", "state"), [("kill -XCPU $$", "too much"), ("exit 1", "damaged")]
)
def test_a_process_that_dies_harms_nobody(
    ending: str, state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = tmp_path / "python"
    dying.write_text(f"#!/bin/sh\n{ending}\n")
    dying.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(dying))
    assert read_file(pdf([LINE]) * 200) == FileText(state)


def test_a_process_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawler.attachments, "SECONDS", 0.01)
    started = time.monotonic()
    assert read_file(pdf([LINE])) == FileText("too much")
    assert time.monotonic() - started < 10
