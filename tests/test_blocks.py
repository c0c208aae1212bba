"""Lines of text out of lenient HTML."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from crawler.blocks import Block, blocks_of


def blocks(html: str) -> list[Block]:
    return blocks_of(BeautifulSoup(html, "lxml"))


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>Một <b>hai</b>\n ba</p>", ["Một hai ba"]),
        # text without paragraphs: wrappers and line breaks part it
        ("<div><div>Một</div>hai<br/><br>ba</div>", ["Một", "hai", "ba"]),
        # markup inside a word adds no space
        ("<p>Ph<span>ườ</span>ng 81<sup>m</sup></p>", ["Phường 81m"]),
        ("<ul><li>Một<li>Hai</ul>", ["Một", "Hai"]),
        # rows of a table stay rows
        (
            "<table><tr><th>Chi</th><th>Thu</th></tr><tr><td><p>1</p></td><td>2</td></tr></table>",
            ["Chi\tThu", "1\t2"],
        ),
        # empty cells keep the others in their columns
        ("<table><tr><td>a</td><td></td><td>c</td></tr></table>", ["a\t\tc"]),
        # a table around a picture is no table
        ("<table><tr><td><img></td></tr><tr><td>Chú thích</td></tr></table>", ["Chú thích"]),
        # nor is one that places paragraphs on the page
        (
            f"<table><tr><td>Trái</td><td><p>{'dài ' * 90}</p><p>Hai</p></td></tr></table>",
            ["Trái", ("dài " * 90).strip(), "Hai"],
        ),
        ("<p>không\u200bthấy \u00ad \u00a0 gì</p>", ["khôngthấy gì"]),
        ("<!-- ẩn --><p>  </p><p>&nbsp;</p>", []),
        ("<p>a &lt;b&gt; &amp;amp;</p>", ["a <b> &amp;"]),
    ],
)
def test_lines(html: str, lines: list[str]) -> None:
    assert [block.text for block in blocks(html)] == lines


def test_what_a_block_knows_of_itself() -> None:
    link, mixed, small, right = blocks(
        "<p><a href='/tin'>liên kết</a></p><p>hai <a href='/x'>nửa</a></p>"
        "<p><a href='/kh.pdf'>tệp</a></p><p style='text-align: right'><em>Tác giả</em></p>"
    )
    assert link.linked == 1
    assert 0.4 < mixed.linked < 0.6
    assert small.linked == 0
    assert small.file
    assert (right.align, right.emphasised) == ("right", 1)


@pytest.mark.parametrize(
    "html",
    [
        "<figure><img><figcaption>Ảnh</figcaption></figure>",
        "<div class='wp-caption-text'>Ảnh</div>",
        "<table class=image><tr><td class=caption><em>Ảnh</em></td></tr></table>",
    ],
)
def test_captions_by_their_markup(html: str) -> None:
    assert [block.caption for block in blocks(html)] == [True]


def test_what_stands_below_a_picture() -> None:
    html = "<p>trên</p><p><img></p><p>dưới</p><p>sau</p><p>trong <img> dòng</p><p>cuối</p>"
    assert [block.text for block in blocks(html) if block.after_picture] == ["dưới", "cuối"]


@given(st.text(alphabet="<>/aptdrbi \n", max_size=200))
def test_any_markup_gives_squeezed_lines(html: str) -> None:
    for block in blocks(html):
        assert block.text
        assert all(" ".join(cell.split()) == cell for cell in block.text.split("\t"))
        assert 0 <= block.linked <= 1
