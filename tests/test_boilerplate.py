"""Which lines are never news, and which only look so."""

from __future__ import annotations

from datetime import datetime

import pytest

from crawler.article import VIETNAM
from crawler.boilerplate import Removed, date_of_line, line_rule, stripped

NOW = datetime(2022, 10, 7, 9, 30, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("Lượt xem: 68", "counter"),
        ("View count: 635", "counter"),
        ("Đã xem: 1.204", "counter"),
        ("Số lượt truy cập: 12,345", "counter"),
        ("Lượt truy cập\t482190", "counter"),
        ("Đang truy cập: 1", "counter"),
        ("Tổng truy cập: 2028175", "counter"),
        ("Tổng lượt truy cập: 482.190", "counter"),
        ("Đang truy cập: 1 Hôm nay: 120 Tổng truy cập: 2028175", "counter"),
        ("• Lượt xem - 129", "counter"),
        ("129 lượt xem", "counter"),
        ("Thống kê truy cập", "counter"),
        ("Truy cập nội dung luôn", "skip link"),
        ("Chuyển đến phần nội dung", "skip link"),
        ("Đăng nhập", "login"),
        ("Đăng nhập |", "login"),
        ("Đăng nhập để gửi ý kiến", "login"),
        ("Từ khóa: dân cư, thông tin", "tags"),
        ("A- A A+", "tools"),
        ("Xem với cỡ chữ A- A A+ In trang", "tools"),
        ("In bài viết", "tools"),
        ("Chia sẻ", "tools"),
        ("| Về đầu trang |", "tools"),
        ("Lượt xem: 400 / 100%", "tools"),
        ("Đánh giá trung bình (0 phiếu)", "rating"),
        ("Tổng số điểm của bài viết là: 0 trong 0 đánh giá", "rating"),
        ("Gửi bình luận", "comments"),
        ("bài viết chuyên sâu", "section heading"),
        ("admin admin", "name in the system"),
        ("Trang chủ > Tin tức > Chính trị", "breadcrumb"),
        ("Xem thêm", "teaser"),
        # news that looks alike
        ("Tổng cộng: 500", ""),
        ("Hôm nay", ""),
        ("Thẻ căn cước được trả tại nhà", ""),
        ("Năm 2022", ""),
        ("Trả lời:", ""),
        ("Đánh giá:", ""),
        ("Quang cảnh Hội nghị", ""),
        ("In 500 tờ rơi tuyên truyền", ""),
        ("Lượt xem của bài viết tăng 20% so với năm 2021.", ""),
        ("Xem xét, quyết định 12 vấn đề", ""),
        ("Người dân đăng ký tài khoản định danh", ""),
        ("---", ""),
        ("", ""),
    ],
)
def test_line_rules(line: str, rule: str) -> None:
    assert line_rule(line) == rule


@pytest.mark.parametrize(
    "line",
    [
        "20/06/2022 08:15",
        "Ngày đăng 19/02/2021 | 13:40 | Lượt xem: 68",
        "12/08/2026 bởi An",
        # Drupal, Joomla, and a portal that prints all it knows
        "Được đăng bởi bientap vào Thứ Ba, 16/09/2025 - 10:41",
        "Được đăng: 19 07 2025",
        "Ngày 12/05/2025 - Lượt xem: 15 - Tác giả: An",
    ],
)
def test_date_lines(line: str) -> None:
    assert date_of_line(line, NOW) is not None


@pytest.mark.parametrize(
    "line", ["Ngày 20/06/2022, UBND phường họp", "Sáng ngày 11/5", "Hạn nộp: 20/06/2022"]
)
def test_what_is_no_date_line(line: str) -> None:
    assert date_of_line(line, NOW) is None


def lines(html: str, exact: bool = True, title: str = "") -> list[str]:
    return [block.text for block in stripped(html, NOW, exact, title)[0]]


TEXT = "Sáng ngày 11/5, UBND phường tổ chức hội nghị về thu gom rác thải sinh hoạt."


def test_what_is_taken_is_kept_with_its_rule() -> None:
    _, removed = stripped(
        f"<p>{TEXT}</p><div class='sharedaddy'>Chia sẻ <a>Zalo</a></div><p>Lượt xem: 68</p>"
        "<div class='tin-lien-quan'><h3>Các tin khác</h3><a href='/a'>Tin khác</a></div>",
        NOW,
        exact=True,
    )
    assert set(removed) == {
        Removed("Chia sẻ Zalo", "share bar"),
        Removed("Các tin khác Tin khác", "related news"),
        Removed("Lượt xem: 68", "counter"),
    }


@pytest.mark.parametrize(
    "tail",
    [
        "<p>Thống kê truy cập</p><p>Đang truy cập: 1</p><p>Hôm nay: 12</p><p>Tổng: 2028175</p>",
        "<ul class='counter'><li>Đang truy cập<span>3</span></li></ul>",
        "<p>Lượt truy cập</p><p>482190</p>",
        "<h3>Các tin khác</h3><ul><li><a href='/a'>Tin một</a></li><li><a href='/b'>Hai</a></ul>",
        "<script>var x = 'Lượt xem: 5'</script><style>p {}</style>",
        "<p style='display:none'>ẩn</p><p hidden>ẩn</p>",
        "<p>© Bản quyền thuộc về phường</p><p>Địa chỉ: số 1</p>",
        "<p>Ngày đăng: 12/05/2022</p>",
        "<p>Tài liệu đính kèm: <a href='/kh.pdf'>Kế hoạch</a></p>",
    ],
)
def test_what_stands_below_an_article(tail: str) -> None:
    assert lines(f"<p>{TEXT}</p>{tail}") == [TEXT]


@pytest.mark.parametrize(
    "html",
    [
        # a budget's last rows, a heading of one year, an agenda
        "<table><tr><td>Thu</td><td>500</td></tr><tr><td>Tổng cộng</td><td>1.500</td></tr></table>",
        "<p>Năm 2022</p><p>Tổng số: 12</p>",
        "<p>Thứ Hai, ngày 09/05/2022</p><p>Tiếp công dân</p>",
        # a class that misleads: it holds the whole article
        f"<div class='share'><p>{TEXT}</p></div>",
        # a link in the text
        f"<p>{TEXT}</p><p><a href='/tin'>Kế hoạch thu gom rác</a></p>",
    ],
)
def test_what_stays(html: str) -> None:
    assert not stripped(html, NOW, exact=True)[1]


def test_above_and_below_in_a_part_of_an_unknown_page() -> None:
    html = (
        "<p>Thứ Năm, 06/10/2022</p><p>Trang chủ</p><h2>Họp về rác thải</h2><p>12/05/2022 08:15</p>"
        f"<p>{TEXT}</p><p><a href='/a'>Một</a></p><p><a href='/b'>Hai</a></p><p><a>Ba</a></p>"
    )
    blocks, removed = stripped(html, NOW, exact=False, title="Họp về rác thải")
    assert [block.text for block in blocks] == [TEXT]
    assert [each.line for each in removed if each.rule == "date line"] == ["12/05/2022 08:15"]
    assert Removed("Thứ Năm, 06/10/2022", "above the title") in removed
