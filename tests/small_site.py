"""A small corpus for the tests of the pages: thirteen wards, 75 articles, all invented."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from time import sleep
from typing import Any

from flask import Flask

from crawler.article import VIETNAM, Article, Attachment, PrintedDate
from crawler.store import open_store
from indexer.build import build
from indexer.document import Annotator, Source
from indexer.wards import load_gazetteer
from webui import create_app
from webui.server import serve

WARDS = {
    "bo-de": ("Phường Bồ Đề", "Hà Nội"),
    "viet-hung": ("Phường Việt Hưng", "Hà Nội"),
    "hai-chau": ("Phường Hải Châu", "Đà Nẵng"),
}
"""Portals with many articles; those of the first and the third may be shown whole."""

OTHERS = (
    *("Ba Đình", "Ngọc Hà", "Giảng Võ", "Hoàn Kiếm", "Cửa Nam", "Hai Bà Trưng"),
    *("Vĩnh Tuy", "Bạch Mai", "Phúc Lợi", "Long Biên"),
)
"""Wards of Hà Nội with one article each."""

HOSTILE_TITLE = "<img src=x onerror=alert(1)> “ngân sách” \"'><script>alert(2)</script>"
HOSTILE_BODY = "</p><script>alert(3)</script> ngân sách <svg onload=alert(4)> &lt;b&gt;"
PRIVATE = (
    "Liên hệ ông Tên Mẫu, điện thoại 0912.345.678, CCCD 001086012345, dự toán 7.950.000.000 đồng"
)

WITHDRAWN = 76
"""The number of the one article that its portal took down. It is no article of the index."""

FETCHED = datetime(2026, 3, 1, 9, 0, tzinfo=VIETNAM)


def sources() -> dict[str, Source]:
    found = {
        id: Source(id, f"Cổng thông tin {ward}", ward, province, show)
        for (id, (ward, province)), show in zip(
            WARDS.items(), ("full", "snippet", "full"), strict=True
        )
    }
    for number, name in enumerate(OTHERS):
        id = f"khac-{number}"
        found[id] = Source(id, f"Trang tin {name}", f"Phường {name}", "Hà Nội", "snippet")
    return found


def make_article(portal: str, identity: str, title: str, *body: str, day: date | None) -> Article:
    """An article with everything else as usual."""
    return Article(
        url=f"https://{portal}.example.vn/tin/{identity}.html",
        portal=portal,
        identity=identity,
        title=title,
        published=PrintedDate(day, time(8, 30), "layout", 1.0) if day else None,
        updated=None,
        lead="",
        body=body,
        captions=(),
        byline="Ban biên tập",
        section="tin-tuc",
        attachments=(),
        layout="general",
        fetched_at=FETCHED,
    )


def articles() -> Iterator[Article]:
    """All of them: ten of the budget and ten of waste for each of three wards, and the rest."""
    for portal, (ward, _) in WARDS.items():
        for month in range(1, 11):
            yield make_article(
                portal,
                f"ns-{month}",
                f"Công khai thu chi ngân sách tháng {month} của {ward}",
                f"Ủy ban nhân dân {ward} công khai dự toán ngân sách nhà nước và số liệu thu chi"
                f" ngân sách tháng {month} theo Kế hoạch 154-KH/ĐU.",
                "Tổng thu ngân sách đạt 7.950.000.000 đồng, bằng 103% dự toán được giao.",
                "Người dân có thể xem bản công khai tại trụ sở trong giờ làm việc. " * 6,
                day=date(2025, month, 12),
            )
            yield make_article(
                portal,
                f"rac-{month}",
                f"Ra quân thu gom rác thải đợt {month} tại {ward}",
                "Đoàn viên cùng nhân dân thu gom rác thải, phân loại rác tại nguồn và giữ vệ sinh"
                " môi trường trên các tuyến phố.",
                day=date(2026, month, 20) if month < 3 else date(2024, month, 20),
            )
    for number, name in enumerate(OTHERS):
        title = f"Lịch tiếp công dân của phường {name}"
        yield make_article(f"khac-{number}", "1", title, title, day=date(2025, 6, number + 1))
    yield make_article("bo-de", "khong-ngay", "Bài không rõ ngày", "Nội dung bài mẫu.", day=None)
    yield make_article("bo-de", "rieng", "Thông báo mẫu", PRIVATE, day=date(2025, 5, 5))
    yield replace(
        make_article("bo-de", "xau", HOSTILE_TITLE, HOSTILE_BODY, day=date(2025, 7, 7)),
        url="javascript:alert(5)",
        lead="<b onmouseover=alert(6)>mở đầu</b>",
        byline="<i>tác giả</i>",
        captions=("<u>ảnh</u>",),
        attachments=(Attachment("javascript:alert(7)", "<a href=//evil.example>tệp</a>"),),
    )
    yield replace(
        make_article("bo-de", "tep", "Bài có tệp đính kèm", "Mời xem tệp.", day=date(2025, 8, 8)),
        attachments=(Attachment("https://bo-de.example.vn/du-toan.pdf", "Dự toán.pdf"),),
    )
    edited = make_article("bo-de", "sua", "Bài bị sửa", "Bản đầu.", day=date(2025, 9, 9))
    yield edited
    yield replace(edited, body=("Bản sau.",), fetched_at=datetime(2026, 3, 2, 9, tzinfo=VIETNAM))


def make_site(folder: Path) -> dict[str, Any]:
    """The store and the index of these articles in `folder`; the configuration over them."""
    config = configuration(folder)
    annotator = Annotator(load_gazetteer(), sources())
    with open_store(config["STORE"]) as store:
        with store.transaction():
            for article in articles():
                store.put(article)
            store.put(make_article("bo-de", "go", "Bài đã gỡ", "Bài mẫu.", day=date(2025, 1, 5)))
            store.withdraw(WITHDRAWN, FETCHED)
        build(store, config["INDEX"], annotator.annotate, sources())
    return config


def configuration(folder: Path) -> dict[str, Any]:
    """What create_app() is given for a site in `folder`."""
    return {
        "INDEX": folder / "whoosh",
        "STORE": folder / "store" / "articles.db",
        "SOURCES": sources(),
        "PORTALS": (),
        "CONTACT": "lienhe@example.vn",
    }


@contextmanager
def opened(config: Mapping[str, Any]) -> Iterator[Flask]:
    """The application over such a site."""
    yield create_app(config)


@contextmanager
def served(config: Mapping[str, Any]) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Such a site behind the real server: its address and its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = config["INDEX"].parent
    process = subprocess.Popen([sys.executable, "-m", "tests.small_site", folder, str(port)])
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(30)


def wait_for(port: int, process: subprocess.Popen[bytes], host: str = "127.0.0.1") -> None:
    """Until the port takes connections; fails with the process, or after half a minute."""
    for _ in range(300):
        assert process.poll() is None, "the server ended"
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        sleep(0.1)
    raise TimeoutError(f"nothing listens on port {port}")


if __name__ == "__main__":
    serve(lambda: create_app(configuration(Path(sys.argv[1]))), "127.0.0.1", int(sys.argv[2]), 2)
