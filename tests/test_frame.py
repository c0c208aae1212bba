"""What a portal shows on most pages is its frame; what an article says is never lost for it."""

from __future__ import annotations

import random
from datetime import datetime

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import VIETNAM
from crawler.extract import extract
from crawler.frame import FEWEST, NOTHING, Frame, learned, sample_of, strip_frame
from crawler.page import Page, parse
from crawler.portals import Portal
from tests.pages.pages import SamplePage, load_pages

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=VIETNAM)
PORTAL = Portal("p", "P", "W", "V", ("http://xa.example.vn/",), ("xa.example.vn",))
TEXT = "UBND phường tổ chức hội nghị về thu gom rác thải sinh hoạt với 120 hộ dân (bài mẫu)."


def body(html: str) -> lxml.html.HtmlElement:
    return lxml.html.fragment_fromstring(html, create_parent="div")


def frame_of(*texts: str) -> Frame:
    """The frame of a portal whose pages all show these texts."""
    page = body("".join(f"<p>{text}</p>" for text in texts))
    return learned(sample_of(page, str(number)).texts for number in range(FEWEST))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        # from both edges, up to the news
        (f"<i>Viết bởi</i><p>{TEXT}</p><b>Gửi góp ý</b>", TEXT),
        # numbers move, the frame stays
        (f"<p>{TEXT}</p><b>Đã gửi 17 góp ý</b>", TEXT),
        # a section between parts of the frame does not hide the rest
        (f"<i>Viết bởi</i><u>Đời sống</u><i>Gửi góp ý</i><p>{TEXT}</p>", f"Đời sống {TEXT}"),
        # a stock phrase between paragraphs is news
        (f"<p>{TEXT}</p><p>Viết bởi</p><p>{TEXT}</p>", f"{TEXT}Viết bởi{TEXT}"),
        # a byline that stands below most articles
        (f"<p>{TEXT}</p><p>Minh Mẫu</p><p>Gửi góp ý</p>", f"{TEXT}Minh Mẫu"),
        # a table's last row, though the counter has such a word too
        (
            f"<p>{TEXT}</p><table><tr><td>Thu</td><td>9.864</td></tr></table><p>Gửi góp ý</p>",
            f"{TEXT}Thu9.864",
        ),
        # numbers alone are nobody's frame
        (f"<p>{TEXT}</p><p>12.345</p>", f"{TEXT}12.345"),
    ],
)
def test_what_is_taken(html: str, text: str) -> None:
    frame = frame_of("Viết bởi", "Gửi góp ý", "Minh Mẫu", "Đã gửi 0 góp ý", "99.999", "Tổng cộng")
    fragment = body(html)
    strip_frame(fragment, frame)
    assert " ".join(fragment.text_content().split()) == text


def test_nothing_is_learned_from_few_pages() -> None:
    assert learned([{1}] * (FEWEST - 1)) == NOTHING
    assert learned([{1}] * FEWEST) == Frame(frozenset({1}))


def test_one_title_is_one_witness() -> None:
    """The same article under other addresses bears the same number."""
    one, two = body("<p>Một</p>"), body("<p>Hai</p>")
    assert sample_of(one, "Tên bài").page == sample_of(two, "TÊN BÀI").page
    assert sample_of(one, "Tên bài").page != sample_of(one, "Bài khác").page


@given(st.lists(st.frozensets(st.integers(0, 9)), max_size=8), st.randoms())
def test_the_order_of_pages_does_not_matter(
    pages: list[frozenset[int]], shuffle: random.Random
) -> None:
    mixed = list(pages)
    shuffle.shuffle(mixed)
    assert learned(pages) == learned(mixed)


def pages_of_site() -> dict[str, list[SamplePage]]:
    sites: dict[str, list[SamplePage]] = {}
    for each in load_pages():
        sites.setdefault(each.site, []).append(each)
    return sites


@pytest.mark.parametrize("site", pages_of_site())
def test_a_site_that_is_known_by_its_other_pages(site: str) -> None:
    """No line of the frame comes out any more, and every word of the article still does."""
    pages = [(each, parse(each.page)) for each in pages_of_site()[site]]
    general = Portal("p", "P", "W", "V", ("http://a.vn/",), ("a.vn",), layout="general")
    samples = [
        (parsed, sample_of(parsed.root, each.text.title)) for each, parsed in pages if parsed
    ]
    for each, parsed in pages:
        others = [sample.texts for other, sample in samples if other is not parsed]
        assert parsed is not None
        article = extract(parsed, general, learned(others)).article
        assert article is not None
        lines = (article.lead, *article.body, *article.captions, article.byline)
        assert not set(lines) & set(each.frame)
        words = set(" ".join(lines).split())
        assert {word for line in each.text.lines for word in line.split()} <= words


def test_a_reprinted_article_is_never_lost() -> None:
    """Under ten addresses and ten titles, beside as few other pages: its text is still news."""
    html = "<title>{0} - Cổng</title><h1>{0}</h1><p>{1}</p><p>{2}</p><p>Gửi góp ý cho phường</p>"
    other = "Các hộ dân ở tổ {} được hướng dẫn phân loại rác tại nhà, thu gom vào tối thứ {} (mẫu)."
    more = "Tổ {0} đã có {0} hộ tham gia, mỗi hộ góp {0} chậu cây cho tuyến đường hoa của phường."
    pages = [html.format("Họp về rác thải", TEXT, other.format(1, 2))] * 10
    pages += [
        html.format(f"Bài số {n} của tổ dân phố", 2 * more.format(n), "Tổ trưởng" + " nói" * n)
        for n in range(10)
    ]
    samples = {}
    for page in pages:
        parsed = parse(Page("http://xa.example.vn/a", NOW, 200, {}, page.encode()))
        assert parsed is not None
        article = extract(parsed, PORTAL).article
        assert article is not None
        sample = sample_of(parsed.root, article.title)
        samples[sample.page] = sample.texts
    parsed = parse(Page("http://xa.example.vn/a", NOW, 200, {}, pages[0].encode()))
    assert parsed is not None
    extraction = extract(parsed, PORTAL, learned(samples.values()))
    assert extraction.article is not None
    assert extraction.article.body == (TEXT, other.format(1, 2))
    assert [(each.line, each.rule) for each in extraction.removed] == [
        ("Gửi góp ý cho phường", "repeated by the portal")
    ]
