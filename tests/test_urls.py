"""Addresses have one form, stay on their site, and show when they are one of endlessly many."""

from __future__ import annotations

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls import canonical, is_file, links, same_site, trap_sign

HOST = "http://xa.example.vn"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://xa.example.vn", f"{HOST}/"),  # an empty path is the root
        ("HTTP://XA.Example.vn:80/Tin", f"{HOST}/Tin"),  # the path keeps its case
        ("https://xa.example.vn:443/tin", "https://xa.example.vn/tin"),
        ("http://xa.example.vn:8080/tin", f"{HOST}:8080/tin"),
        (f"{HOST}/tin#binh-luan", f"{HOST}/tin"),
        (f"{HOST}/a/./b/../c", f"{HOST}/a/c"),
        (f"{HOST}/../../a", f"{HOST}/a"),  # no way above the root
        (f"{HOST}/a/..", f"{HOST}/"),
        (f"{HOST}/a//b", f"{HOST}/a//b"),  # an empty part is a part
        (f"{HOST}/tin?utm_source=zalo&id=7&fbclid=x", f"{HOST}/tin?id=7"),
        (f"{HOST}/tin?p_auth=Ab12", f"{HOST}/tin"),  # Liferay's login token
        (f"{HOST}/tin;jsessionid=0A1B?id=7", f"{HOST}/tin?id=7"),
        (f"{HOST}/(S(abcdefghij0123456789abcd))/tin.aspx", f"{HOST}/tin.aspx"),
        (f"{HOST}/(A(x-1)S(abcdefghij0123456789abcd))/tin.aspx", f"{HOST}/tin.aspx"),
        (f"{HOST}/quy-dinh-(s(2))/tin", f"{HOST}/quy-dinh-(s(2))/tin"),
        # where to go back to, and who came
        (f"{HOST}/bai?p_l_back_url=%2Ftin&p_p_auth=x9", f"{HOST}/bai"),
        (f"{HOST}/bai?_101_INSTANCE_x_redirect=http%3A%2F%2Fxa.example.vn%2F", f"{HOST}/bai"),
        (f"{HOST}/post.aspx?ItemID=5301&Source=%2Ftintuc", f"{HOST}/post.aspx?ItemID=5301"),
        (f"{HOST}/dang-nhap?ReturnUrl=/tin&__RequestVerificationToken=q", f"{HOST}/dang-nhap"),
        (f"{HOST}/bai?sid=0a1b2c3d4e5f60718293a4b5c6d7e8f9&id=7", f"{HOST}/bai?id=7"),
        (f"{HOST}/bai?csrf_token=1&SessionId=2&PHPSESSID=3&id=7", f"{HOST}/bai?id=7"),
        # but what tells pages apart stays
        (f"{HOST}/modules.php?name=News&sid=4000", f"{HOST}/modules.php?name=News&sid=4000"),
        (f"{HOST}/tin?source=bao-hanoi&return=1", f"{HOST}/tin?source=bao-hanoi&return=1"),
        (f"{HOST}/tin?auth=phong-van-hoa-thong-tin", f"{HOST}/tin?auth=phong-van-hoa-thong-tin"),
        (f"{HOST}/tin?tokens=7", f"{HOST}/tin?tokens=7"),
        # a print view is its page
        (f"{HOST}/bai/-/x/1?p_p_state=pop_up&_101_viewMode=print", f"{HOST}/bai/-/x/1"),
        (f"{HOST}/bai?p_p_state=maximized", f"{HOST}/bai?p_p_state=maximized"),
        (f"{HOST}/bai-viet/?print=1", f"{HOST}/bai-viet/"),
        (f"{HOST}/?p=7&replytocom=12#respond", f"{HOST}/?p=7"),
        (f"{HOST}/bai/7-x?tmpl=component&print=1&layout=print", f"{HOST}/bai/7-x"),
        (f"{HOST}/tin?layout=blog&print=0", f"{HOST}/tin?layout=blog&print=0"),
        (f"{HOST}/vi/news/print/xa/bai-12.html", f"{HOST}/vi/news/xa/bai-12.html"),
        (f"{HOST}/news/savefile/xa/bai-12.html", f"{HOST}/news/xa/bai-12.html"),
        (f"{HOST}/?nv=news&op=print/xa/bai-12", f"{HOST}/?nv=news&op=xa/bai-12"),
        (f"{HOST}/in/print/gioi-thieu", f"{HOST}/in/print/gioi-thieu"),  # no article of NukeViet
        (f"{HOST}/tin?b=2&a=1", f"{HOST}/tin?b=2&a=1"),  # the order of parameters stays
        (f"{HOST}/tin?&&a=1&", f"{HOST}/tin?a=1"),
        (f"{HOST}/phường mới", f"{HOST}/ph%C6%B0%E1%BB%9Dng%20m%E1%BB%9Bi"),
        (f"{HOST}/ph%c6%b0", f"{HOST}/ph%C6%B0"),
        (f"{HOST}/100%", f"{HOST}/100%"),  # a bare percent sign is left to the portal
        ("http://[::1]:80/a", "http://[::1]/a"),
        ("http://phường.example.vn/", "http://xn--phng-rib8295b.example.vn/"),
        (" http://xa.example.vn/ ", f"{HOST}/"),
        ("ftp://xa.example.vn/", None),
        ("javascript:void(0)", None),
        ("mailto:x@example.vn", None),
        ("http://", None),
        ("http://xa.example.vn:port/", None),
        ("http://[::1/", None),
        ("http://admin:pass@xa.example.vn/", None),
        ("//xa.example.vn/", None),
        ("", None),
    ],
)
def test_canonical(url: str, expected: str | None) -> None:
    assert canonical(url) == expected


@given(
    st.one_of(
        st.text(alphabet=st.characters(codec="utf-8"), max_size=80),
        st.lists(st.sampled_from(["print", "savefile", "a", "vi", "b-1", ".."])).map("/".join),
        st.lists(st.sampled_from(["op=", "print/", "print%2f", "&", "a", "?"])).map("".join),
    )
)
def test_canonical_is_ascii_and_stable(rest: str) -> None:
    once = canonical(f"{HOST}/{rest}")
    if once is not None:
        assert once.isascii()
        assert canonical(once) == once


@pytest.mark.parametrize(
    ("url", "sign"),
    [
        (f"{HOST}/en/vi/en/tin-tuc", "two languages in one path"),
        (f"{HOST}/en/tin/-/view_content/en/tin/-/view_content/1-bai", "two languages in one path"),
        (f"{HOST}/tin/-/view_content/tin/-/view_content/1-bai", "parts of the path repeat"),
        (f"{HOST}/a/b/a/c/a", "parts of the path repeat"),
        (f"{HOST}/" + "a" * 1000, "a very long address"),
        (f"{HOST}/" + "/".join(map(str, range(30))), "a very deep path"),
        (f"{HOST}/lich?month=5&year=2031", "a calendar"),
        (f"{HOST}/lich?ngay=2031-05-01", "a calendar"),
        (f"{HOST}/tin?page=100000", "endless pages"),
        (f"{HOST}/tin?_101_INSTANCE_x_cur=5000", "endless pages"),
        # and what is no trap
        (f"{HOST}/vi/tin-tuc-su-kien/-/view_content/2397883-bai", None),
        (f"{HOST}/tin?page=40", None),
        (f"{HOST}/?p=123456", None),  # a WordPress article
        (f"{HOST}/2025/07/01/bai-viet", None),
        (f"{HOST}/modules.php?name=News&sid=4000", None),
        (f"{HOST}/tin/tin/tin-1", None),  # one part twice in a row
        (f"{HOST}/?cn=323&gd=7&tc=840", None),
        (f"{HOST}/van-ban?year=all", None),
    ],
)
def test_trap_sign(url: str, sign: str | None) -> None:
    assert trap_sign(url) == sign


@pytest.mark.parametrize(
    ("url", "hosts", "expected"),
    [
        (f"{HOST}/tin", ["xa.example.vn"], True),
        ("https://xa.example.vn/tin", ["xa.example.vn"], True),  # either scheme
        (f"{HOST}:8080/tin", ["xa.example.vn"], False),  # another port is another server
        (f"{HOST}:8080/tin", ["xa.example.vn:8080"], True),
        ("http://www.xa.example.vn/", ["xa.example.vn"], False),
        ("http://xa.example.vn.evil.example/", ["xa.example.vn"], False),
    ],
)
def test_same_site(url: str, hosts: list[str], expected: bool) -> None:
    assert same_site(url, hosts) is expected


def test_links_are_canonical_once_and_in_order() -> None:
    root = lxml.html.fromstring(
        """<html><body><a href="b.html">hai</a><a href="/a">một</a><a href="b.html#x">lại</a>
        <a href="#top">đầu</a><a>không</a><a href="javascript:x()">js</a><a href="k.pdf">tệp</a>
        <a href="/x1" rel="nofollow">x</a><a href="/x2" rel="external UGC">x</a>
        <a href="/x3" rel="sponsored">x</a>
        <a href="http://[">hỏng</a><area href="//khac.example.vn/c"><img src="/anh">
        </body></html>"""
    )
    assert links(root, f"{HOST}/tin/") == [
        f"{HOST}/tin/b.html",
        f"{HOST}/a",
        "http://khac.example.vn/c",
    ]


@pytest.mark.parametrize(
    ("base", "expected"),
    [("/goc/", f"{HOST}/goc/x"), ("http://[", f"{HOST}/tin/x"), ("", f"{HOST}/tin/x")],
)
def test_links_follow_the_base_of_the_page(base: str, expected: str) -> None:
    root = lxml.html.fromstring(
        f'<html><head><base href="{base}"></head><body><a href="x">x</a></body></html>'
    )
    assert links(root, f"{HOST}/tin/") == [expected]


@pytest.mark.parametrize("name", ["a.pdf", "a.DOCX", "anh.jpeg", "a.zip", "x/y.mp4", "rss.xml"])
def test_files_are_no_pages(name: str) -> None:
    assert is_file(f"{HOST}/{name}?v=2")


@pytest.mark.parametrize("name", ["", "a.html", "a.aspx", "a.htm", "a.pdf/xem", "bai-viet.v2"])
def test_pages_are_no_files(name: str) -> None:
    assert not is_file(f"{HOST}/{name}")
