"""A real WordPress on loopback: Debian's package, its block theme, a database of its own.

Everything lives in one folder and ends with the context: MariaDB answers on a socket only, PHP's
own server on one loopback address. `serving()` says which one way to the posts is open.
"""

from __future__ import annotations

import getpass
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.request import urlopen

SOURCES = Path(__file__).with_name("wordpress")
"""Our own PHP: the configuration, the installation, a plugin and the router of PHP's server."""

USR = Path("/usr")
PACKAGES = {
    "wordpress": "share/wordpress/wp-load.php",
    "wordpress-theme-twentytwentythree": "share/wordpress/wp-content/themes/twentytwentythree",
    "php-cli": "bin/php",
    "php-mysql": "lib/php/*/mysqli.so",
    "php-xml": "lib/php/*/simplexml.so",  # without it sitemaps are answered with 501
    "mariadb-server": "sbin/mariadbd",
}
"""Debian's packages, each with a place under /usr that only it fills."""

HOST = "127.0.16.1"
OLD_LINKS = 5
"""Posts that a page in the menu also links by number, /?p=…"""
DEADLINE = 60
"""Seconds after which a server that does not answer, or an installation, has failed."""

Way = Literal["feed", "sitemap", "listing", ""]
"""What leads to the posts; "": all three, the site as WordPress makes it."""


@dataclass(frozen=True)
class Post:
    """A post as it is inserted. `classic`: written without blocks, as before WordPress 5."""

    title: str
    date: datetime
    category: str
    paragraphs: tuple[str, ...]
    classic: bool

    @property
    def content(self) -> str:
        """What the editor would save."""
        block = "{}" if self.classic else "<!-- wp:paragraph -->\n<p>{}</p>\n<!-- /wp:paragraph -->"
        return "\n\n".join(map(block.format, self.paragraphs))


WHO = ("Ủy ban nhân dân phường", "Đoàn thanh niên", "Hội phụ nữ", "Công an phường", "Trạm y tế")
WHAT = ("tổ chức hội nghị về", "ra quân", "tổng kết", "kiểm tra", "phát động phong trào")
MATTERS = ("thu gom rác", "trồng cây", "khám sức khỏe", "an toàn giao thông", "chuyển đổi số")
WHERE = ("nhà văn hóa", "trường học", "chợ", "công viên", "trụ sở")
CATEGORIES = ("Tin tức", "Thông báo", "Cải cách hành chính")


def write_posts(count: int) -> list[Post]:
    """Invented posts: no two have the same title, day or paragraph."""
    return [_post(number) for number in range(1, count + 1)]


def _post(number: int) -> Post:
    who, what, matter = WHO[number % 5], WHAT[number // 5 % 5], MATTERS[number // 25 % 5]
    where = f"{WHERE[number % 7 % 5]} số {number}"
    paragraphs = (
        f"Sáng nay, {who} {what} {matter} tại {where}; đây là bài mẫu thứ {number}.",
        f"Theo kế hoạch số {number}/KH-UBND, việc {matter} được làm ở {number % 9 + 2} tổ dân phố."
        f" Mỗi tổ cử {number % 4 + 2} người; “bài mẫu” này không nói về người thật nào.",
        f"Đại diện {where} cho biết có {number + 40} hộ tham gia, tăng {number % 30 + 1} % so với"
        f" năm trước – kết quả của {number % 6 + 1} đợt tuyên truyền.",
        f"Sau {number % 5 + 1} giờ, việc {matter} hoàn thành trên {number + 100} m², {number + 7}"
        " tấn vật liệu được chở đi; hai bên ký biên bản và hẹn gặp lại vào tháng sau.",
        f"Ý kiến của người dân gửi về {where} trước ngày {number % 28 + 1} hằng tháng được xem xét,"
        f" trả lời theo đúng quy định của bài mẫu số {number}.",
    )
    return Post(
        title=f"{who} {what} {matter}: bài mẫu số {number}",
        date=datetime(2024, 1, 1, 7, 30) + timedelta(days=3 * number, minutes=7 * number),
        category=CATEGORIES[number % 3],
        paragraphs=paragraphs[: 4 + number % 2],
        classic=number % 4 == 0,
    )


def missing_packages() -> list[str]:
    """What `apt-get install` must bring before a site can be made."""
    return [name for name, place in PACKAGES.items() if not any(USR.glob(place))]


class WordPress:
    """A site laid out in `folder`. `addresses` are those of its posts, in their order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "site"
        self.socket = folder / "db.sock"
        self.host = f"{HOST}:{_free_port()}"
        self.home = f"http://{self.host}"
        self.addresses: list[str] = []

    def install(self, posts: Sequence[Post]) -> None:
        """Lay out the files and fill the database, which must be running."""
        shutil.copytree(USR / "share/wordpress", self.root, symlinks=True)
        shutil.copytree(SOURCES, self.root, dirs_exist_ok=True)
        told = [
            {
                "title": post.title,
                "content": post.content,
                "date": f"{post.date:%Y-%m-%d %H:%M:%S}",
                "category": post.category,
            }
            for post in posts
        ]
        done = subprocess.run(
            ["php", "install.php", str(OLD_LINKS)],
            cwd=self.root,
            env=self._environment(""),
            input=json.dumps(told),
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        self.addresses = json.loads(done.stdout)

    @contextmanager
    def serving(self, only: Way) -> Iterator[Path]:
        """The site answers, with this one way to its posts; gives the server's log."""
        log = self.folder / f"{only or 'all'}.log"
        command = ["php", "-S", self.host, "-t", str(self.root), str(self.root / "router.php")]
        with _running(command, log, self._environment(only)):
            _wait(lambda: urlopen(f"{self.home}/robots.txt", timeout=DEADLINE).close())
            yield log

    def _environment(self, only: Way) -> dict[str, str]:
        ours = {
            "WORDPRESS_HOME": self.home,
            "WORDPRESS_SOCKET": str(self.socket),
            "WORDPRESS_ONLY": only,
        }
        return {**os.environ, **ours}


def answers(log: Path) -> list[tuple[str, int]]:
    """The paths that were asked for, with their queries, and the status of each answer; without
    robots.txt."""
    lines = re.findall(r"answered (\d{3}) (\S+)$", log.read_text(), re.MULTILINE)
    return [(path, int(status)) for status, path in lines if path != "/robots.txt"]


@contextmanager
def wordpress(folder: Path, posts: Sequence[Post]) -> Iterator[WordPress]:
    """A site with these posts; its database runs until the context ends."""
    site = WordPress(folder)
    common = ["--no-defaults", f"--datadir={folder / 'db'}", f"--user={getpass.getuser()}"]
    subprocess.run(
        ["mariadb-install-db", *common, "--auth-root-authentication-method=normal"],
        check=True,
        capture_output=True,
        timeout=DEADLINE,
    )
    command = [str(USR / PACKAGES["mariadb-server"]), *common, f"--socket={site.socket}"]
    with _running([*command, "--skip-networking"], folder / "db.log", dict(os.environ)):
        _wait(lambda: _connect(site.socket))
        site.install(posts)
        yield site


@contextmanager
def _running(command: Sequence[str], log: Path, environment: dict[str, str]) -> Iterator[None]:
    with log.open("w") as out:
        server = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    try:
        yield
    finally:
        server.terminate()
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _connect(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as database:
        database.connect(str(path))


def _wait(attempt: Callable[[], object]) -> None:
    """Until `attempt` no longer raises OSError. Raises the last one after DEADLINE."""
    deadline = time.monotonic() + DEADLINE
    while True:
        try:
            attempt()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
