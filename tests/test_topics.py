"""What articles are about; the sentences are ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.article import Article
from indexer.topics import THRESHOLD, TOPICS, topics_of
from tests.test_store import ARTICLE

ARTICLES = [
    # title, first paragraph, slugs that must be there, slugs that must not
    (
        "Lễ trao Huy hiệu Đảng đợt 3 tháng 2",
        "Đảng bộ phường tổ chức trao huy hiệu cho đảng viên lão thành tại các chi bộ.",
        {"xay-dung-dang"},
        {"nong-nghiep", "y-te"},
    ),
    (
        "Kỳ họp thứ sáu HĐND phường",
        "Các đại biểu hội đồng nhân dân nghe báo cáo và trả lời ý kiến cử tri.",
        {"chinh-quyen"},
        {"moi-truong"},
    ),
    (
        "Công khai dự toán ngân sách",
        "Thu ngân sách quý này vượt dự toán, các hộ kinh doanh nộp thuế đúng hạn.",
        {"kinh-te"},
        {"giao-duc"},
    ),
    (
        "Ra quân lập lại trật tự đô thị",
        "Lực lượng xử lý lấn chiếm vỉa hè, lòng đường; bàn giao mặt bằng sau GPMB.",
        {"do-thi"},
        {"nong-nghiep"},
    ),
    (
        "Tổng vệ sinh môi trường sáng thứ bảy",
        "Người dân thu gom rác thải, phân loại rác tại nguồn, khơi thông thoát nước.",
        {"moi-truong"},
        {"xay-dung-dang"},
    ),
    (
        "Khai giảng năm học mới ở trường mầm non",
        "Giáo viên và học sinh đón năm học mới.",
        {"giao-duc"},
        {"an-ninh"},
    ),
    (
        "Trạm y tế tiêm chủng cho trẻ",
        "Ngành y tế khuyến cáo phòng sốt xuất huyết, diệt muỗi, diệt bọ gậy.",
        {"y-te"},
        {"thi-dua"},
    ),
    (
        "Giải cầu lông mừng lễ hội",
        "Phong trào thể dục thể thao và văn hóa văn nghệ ở tổ dân phố.",
        {"van-hoa"},
        {"kinh-te"},
    ),
    (
        "Trao quà cho hộ nghèo và người có công",
        "Hoạt động an sinh xã hội, đền ơn đáp nghĩa nhân ngày thương binh liệt sĩ.",
        {"an-sinh"},
        {"do-thi"},
    ),
    (
        "Công an phường tuyên truyền phòng cháy chữa cháy",
        "Cảnh báo lừa đảo, giữ gìn an ninh trật tự, phòng chống ma túy.",
        {"an-ninh"},
        {"giao-duc"},
    ),
    (
        "Hướng dẫn nộp hồ sơ qua dịch vụ công trực tuyến",
        "Bộ phận một cửa hỗ trợ thủ tục hành chính, đẩy mạnh chuyển đổi số.",
        {"cai-cach"},
        {"moi-truong"},
    ),
    (
        "Ngày hội đại đoàn kết",
        "Ban công tác Mặt trận, hội phụ nữ, hội cựu chiến binh và đoàn thanh niên cùng dự.",
        {"doan-the"},
        {"kinh-te"},
    ),
    (
        "Hội nghị tổng kết phong trào thi đua yêu nước",
        "Tặng giấy khen cho các điển hình tiên tiến, biểu dương người tốt việc tốt.",
        {"thi-dua"},
        {"y-te"},
    ),
    (
        "Chăm sóc lúa vụ xuân",
        "Hợp tác xã hướng dẫn nông dân phòng sâu bệnh cho cây trồng; xây dựng nông thôn mới.",
        {"nong-nghiep"},
        {"an-ninh"},
    ),
    # two topics
    (
        "Đoàn thanh niên ra quân bảo vệ môi trường",
        "Đoàn viên thu gom rác thải nhựa.",
        {"doan-the", "moi-truong"},
        {"giao-duc"},
    ),
    # nothing that speaks for any
    ("Thông báo", "Mời các ông bà đến nhận giấy.", set(), set(TOPICS)),
    ("", "", set(), set(TOPICS)),
]


def article_of(title: str, body: str, section: str = "") -> Article:
    return replace(ARTICLE, title=title, lead="", body=(body,), section=section)


@pytest.mark.parametrize(("title", "body", "wanted", "unwanted"), ARTICLES)
def test_topics(title: str, body: str, wanted: set[str], unwanted: set[str]) -> None:
    found = {match.slug for match in topics_of(article_of(title, body))}
    assert wanted <= found
    assert not found & unwanted


def test_there_are_fourteen_topics_each_in_some_row_above() -> None:
    assert len(TOPICS) == 14
    assert {slug for row in ARTICLES for slug in row[2]} == set(TOPICS)


def test_a_match_says_why() -> None:
    [match] = topics_of(article_of("Thu ngân sách", "Ngân sách, quản lý thuế, dự toán."))
    assert (match.slug, match.label) == ("kinh-te", "Kinh tế, ngân sách")
    assert list(match.phrases.items()) == [
        ("thu ngân sách", 15),
        ("dự toán", 3),
        ("thuế", 3),
        ("ngân sách", 2),
    ]
    assert match.score == 23


def test_the_section_of_the_portal_counts() -> None:
    assert not topics_of(article_of("Thông báo", "Mời các ông bà."))
    [match] = topics_of(article_of("Thông báo", "Mời các ông bà.", section="Y tế - Sức khoẻ"))
    assert (match.slug, match.phrases) == ("y-te", {})


def test_a_section_of_two_topics_helps_both() -> None:
    text = "Khuyến nông, thú y; xuất khẩu, lãi suất."
    assert not topics_of(article_of("Thông báo", text))
    found = topics_of(article_of("Thông báo", text, section="Kinh tế - Nông nghiệp"))
    assert {match.slug: match.score for match in found} == {"kinh-te": 11, "nong-nghiep": 11}


def test_no_word_makes_a_topic_by_being_repeated() -> None:
    assert not topics_of(article_of("Thông báo", "chợ " * 1_000))


def test_what_is_about_the_world_has_no_topic() -> None:
    at_home = "Công an điều tra vụ án."
    assert [match.slug for match in topics_of(article_of("Bắt giữ", at_home))] == ["an-ninh"]
    abroad = f"{at_home} Tổng thống và ngoại trưởng, theo AFP, nói về Iraq, Israel."
    assert not topics_of(article_of("Bắt giữ tại Iraq", abroad))


def test_spelling_does_not_count() -> None:
    old, new = (
        topics_of(article_of("", text))
        for text in ("Uỷ ban kiểm tra, Đảng uỷ, cấp uỷ", "ủy ban kiểm tra, đảng ủy, cấp ủy")
    )
    assert old == new
    assert all(match.score >= THRESHOLD for match in old)
