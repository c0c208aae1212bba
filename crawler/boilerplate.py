"""Boilerplate: what stands among an article's text and is none of it, by named rules, in order.

Two kinds of rule. Some know a part of the page by its markup (a share bar, a list of related news)
and take it out of the fragment before it becomes lines; the others know a line by its words.
Whatever is taken away is kept with the name of the rule that took it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from bs4 import BeautifulSoup, Tag
from lxml.html import HtmlElement

from crawler.blocks import Block, blocks_of, squeezed
from crawler.dates import DateLine, read_line


@dataclass(frozen=True, slots=True)
class Removed:
    """A line that is not the article, and the rule that says so."""

    line: str
    rule: str


MARKUP: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (rule, re.compile(rf"(?<![a-z])(?:{words})(?![a-z])", re.I))
    for rule, words in (
        (
            "counter",
            r"counters?|visitors?|luot-?(?:xem|truy-?cap)|thong-?ke|hit-?count|view-?count",
        ),
        ("share bar", r"shar(?:e|ing)|sharedaddy|social\w*|addthis\w*|addtoany\w*|zalo\w*|fb-like"),
        ("related news", r"relat(?:ed|ion)\w*|tin-?(?:lien-?quan|khac)|other-?(?:news|article)s?"),
        ("comments", r"comments?|respond|binh-?luan|fb-comments"),
        ("rating", r"ratings?|danh-?gia|stars?"),
        ("breadcrumb", r"breadcrumbs?"),
        (
            "side column",
            r"side-?bars?|(?:right|left)-?(?:pane|zone|col\w*)|cookie\w*",
        ),
        ("footer", r"footers?|copyright|chan-?trang"),
        ("tools", r"tools?(?:bar)?|print|font-?size|zoom|pagination|pager"),
    )
)
"""Words in the class or id of an element that is not part of the article."""

LOOKS = re.compile(r"\bhas-[\w-]+")
"""Classes of WordPress that say how a text looks ("has-medium-font-size"), not what it is."""

APART = frozenset(("related news", "comments", "side column", "footer"))
ASIDE = frozenset(("aside", "footer", "nav"))
"""Rules and tags of what stands beside an article and never goes before its end."""

# fmt: off
NO_TEXT = frozenset((
    "script", "style", "noscript", "template", "iframe", "object", "button", "input", "select",
    "textarea", "svg", "audio", "video", "canvas",
))
# fmt: on
NAMED = {"nav": "menu", "footer": "footer"}
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)

MOST = 0.5
"""No markup rule takes more than this share of a fragment, unless as much of it is links: then the
name misleads."""

NEARLY_ALL = 0.9
SEVERAL = 3
"""So many last lines that are nearly all links are no part of an article."""

NUMBER = r"\d[\d.,]*"
COUNTED = (
    r"(?:tổng (?:số )?)?(?:số )?lượt (?:xem|đọc|truy cập|thăm|tải|người xem)(?: bài)?"
    r"|(?:tổng (?:số )?)?(?:số )?(?:người )?(?:truy cập|đang xem)|đã (?:xem|đọc)|xem"
    r"|đang (?:truy cập|online|trực tuyến)|(?:số người |khách |thành viên )?(?:online|trực tuyến)"
    r"|view count|views?|hits?"
    r"|máy chủ tìm kiếm|total visits?"
)
COUNTED_BESIDE = (
    r"hôm (?:nay|qua)|trong (?:ngày|tuần|tháng|năm)(?: (?:này|nay|trước))?"
    r"|(?:tuần|tháng|năm) (?:này|nay|trước)|(?:tổng|tất)(?: cộng| số| cả)?|khách(?: viếng thăm)?"
    r"|today|phản hồi|thống kê"
)
"""Labels that count visitors only beside a line that surely does: budgets have "Tổng cộng" too."""

MANY = rf"\s*[:\-–|]?\s*\(?{NUMBER}\)?(?:\s*(?:lượt|người|lần)(?: xem)?)?"
COUNTER = re.compile(
    rf"(?:(?:{COUNTED}){MANY}|{NUMBER}\s*(?:lượt (?:xem|đọc|truy cập)|views?))"
    rf"(?:[\s|,;•–-]+(?:{COUNTED}|{COUNTED_BESIDE}){MANY})*",
    re.I,
)
COUNTER_HEAD = re.compile(
    r"(?:thống kê|bộ đếm|số|lượng)(?: số)?(?: lượt)? truy cập|lượt (?:xem|truy cập)"
    r"|đang (?:truy cập|online)|tổng(?: số)?(?: lượt)? truy cập|đã xem",
    re.I,
)
MAYBE_COUNTER = re.compile(rf"(?:{COUNTED_BESIDE})(?:{MANY})?|{NUMBER}", re.I)


def _whole(*lines: str) -> re.Pattern[str]:
    return re.compile("|".join(lines), re.I)


TOOL = (
    r"a[+-]{1,2}|a(?= ?a[+-])|(?:xem với |tăng |giảm )?cỡ chữ:?|100%"
    r"|in(?: trang| bài viết| bài| ra| tin)?(?: này)?|bản in|print"
    r"|(?:gửi|lưu) (?:mail|email|bài viết(?: qua email)?|bài viết này|tin|bài)|send e?mail|email"
    r"|chia sẻ(?: (?:bài viết|qua|lên|trên|facebook|zalo).*)?|copy link|sao chép liên kết"
    r"|facebook|twitter|zalo|google\+?|thích|like|tweet|pinterest|linkedin"
    r"|(?:quay|trở) (?:lại|về)|về trang trước|(?:(?:về|lên) )?đầu trang|trang trước"
    r"|nghe (?:đọc )?(?:bài|tin)(?: viết)?|đọc bài(?: viết)?|theo dõi .{0,30}google news"
)
TOOLS = re.compile(rf"(?<!\w)(?:{TOOL}|{COUNTER.pattern})(?!\w)", re.I)
"""Words on buttons, and counters beside them: boilerplate where a line holds nothing else."""

LINES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("attachment", _whole(r"(?:(?:tài liệu|tệp(?: tin)?|file|văn bản) )?(?:đính )?kèm(?: theo)?")),
    ("teaser", _whole(r"(?:xem|đọc) (?:thêm|tiếp|chi tiết)|chi tiết|read more|more")),
    (
        "skip link",
        _whole(
            r"(?:truy cập|chuyển đến|đi đến|bỏ qua)(?: phần)? nội dung(?: chính| luôn)?",
            r"skip to (?:main )?content",
        ),
    ),
    (
        "login",
        _whole(
            r"đăng (?:nhập|ký|xuất)(?: (?:tài khoản|hệ thống))?|log ?in|sign (?:in|out)",
            r"đăng nhập để (?:gửi|viết|bình luận).{0,30}",
        ),
    ),
    ("tools", TOOLS),
    ("tags", _whole(r"(?:thẻ|tags?|từ kh(?:óa|oá))\s*:.{0,150}", r"thẻ|tags")),
    (
        "rating",
        _whole(
            r"tổng số điểm của bài viết.*|click để đánh giá.*|đánh giá trung bình.*|xếp hạng:.*",
            r"(?:đánh giá|bình chọn|xếp hạng) bài viết|[0-5]([.,]\d)?\s*/\s*5(?: sao)?",
        ),
    ),
    (
        "comments",
        _whole(
            r"(?:(?:gửi |viết |để lại )?bình luận|gửi phản hồi)(?: \(\d+\))?",
            r"ý kiến (?:bạn đọc|của bạn)(?: \(\d+\))?",
            r"email của bạn sẽ không được hiển thị.*|các trường bắt buộc.*|captcha",
        ),
    ),
    (
        "section heading",
        _whole(r"bài viết chuyên sâu|tin tức nổi bật|nội dung bài viết|chi tiết (?:tin|bài viết)"),
    ),
    (
        "name in the system",
        _whole(r"(?:bởi |by )?(?:(?:super )?ad ?min|administrator)(?: admin)?|\w+ ban bien tap"),
    ),
    (
        "breadcrumb",
        _whole(r"(?:trang (?:chủ|nhất)|home)(?:\s*(?:[>»›/|\\]|::)\s*[^>»›/|]{1,80})+[>»›/|]?"),
    ),
    ("breadcrumb", _whole(r"trang (?:chủ|nhất)|home")),
)
"""Rules that know a whole line by its words (decoration at its ends aside)."""

AUTHOR = re.compile(
    r"(?:được )?(?:đăng |viết )?(?:bởi|by)\b.{1,60}|(?:tác giả|người đăng|nguồn)\b.{1,60}|được",
    re.I,
)
"""Who wrote it, in the line with the date."""

RELATED_HEAD = _whole(
    r"(?:các |những )?(?:tin|bài|bài viết|văn bản|thông tin)(?: tức| viết)?"
    r" (?:khác|liên quan|cùng (?:chuyên mục|loại|chủ đề)|(?:cũ|mới)(?: (?:hơn|nhất))?|tiếp theo"
    r"|đã (?:đưa|đăng)(?: ngày)?|(?:xem|đọc) nhiều(?: nhất)?|nổi bật|tiêu điểm)",
    r"(?:có thể )?bạn quan tâm|related (?:posts|news|articles?)|tin bài khác|cùng chuyên mục",
    r"có liên quan|đọc tiếp|(?:xem|đọc) thêm",
)
FOOTER_HEAD = _whole(
    r"(?:©|®|\(c\)|copyright\b|bản quyền (?:thuộc|©)).*",
    r".{0,40}(?:ghi rõ nguồn|đề nghị ghi rõ).{0,60}(?:khi|từ).*",
    r"(?:(?:cơ quan|đơn vị) chủ quản|chịu trách nhiệm(?: chính| nội dung)?|thiết kế bởi)\b.*:.*",
)
FOOTER_LINES = 8
"""A footer's first line is looked for among so many last lines."""

ATTACHMENT = re.compile(
    r"(?:(?:tài liệu|tệp|tập tin|file|văn bản|tải về) )?(?:đính )?kèm(?: theo)?\s*:.*"
    r"|.+\.(?:pdf|docx?|xlsx?|pptx?|zip|rar)(?: \([^)]*\))?",
    re.I,
)
EDGE = " \t-–—|•·*»>:"
LONGEST = 200
"""Letters beyond which a line is prose, whatever it begins with."""


def stripped(
    html: str, now: datetime, exact: bool, title: str = ""
) -> tuple[list[Block], list[Removed]]:
    """The blocks of a fragment's HTML without its boilerplate, and what was taken away.

    `exact` says that the fragment is the body and nothing else; otherwise the date may stand above
    its text, and `title`, where it is given, below lines that are not the article. `now` is when
    the page was fetched.
    """
    soup = BeautifulSoup(html, "lxml")
    removed = list(_strip_markup(soup))
    blocks = blocks_of(soup)
    if title:
        blocks = _below_title(blocks, title, removed)
    marks = _line_rules(blocks, now, exact)
    removed.extend(
        Removed(block.text, rule) for block, rule in zip(blocks, marks, strict=True) if rule
    )
    return [block for block, rule in zip(blocks, marks, strict=True) if not rule], removed


def line_rule(line: str) -> str:
    """The rule that takes a line by its words alone; "" for none.

    >>> line_rule("Lượt xem: 68"), line_rule("| Đăng nhập |"), line_rule("Tổng cộng: 68")
    ('counter', 'login', '')
    >>> line_rule("Lượt xem: 75 100% In trang")
    'tools'
    """
    bare = line.strip(EDGE)
    if not bare or len(bare) > LONGEST:
        return ""
    if COUNTER.fullmatch(bare) or COUNTER_HEAD.fullmatch(bare):
        return "counter"
    rule = next((rule for rule, words in LINES if words.fullmatch(bare)), "")
    return rule or ("tools" if not re.search(r"\w", TOOLS.sub("", bare)) else "")


def begins_another(element: HtmlElement) -> bool:
    """Whether an element beside an article begins what is not it: related news, comments, a side
    column, the page's foot."""
    if element.tag in ASIDE or _named(element) in APART:
        return True
    first = next((text for text in element.itertext() if not text.isspace()), "")
    return len(first) < LONGEST and RELATED_HEAD.fullmatch(first.strip().strip(EDGE)) is not None


def is_footer(element: HtmlElement) -> bool:
    """Whether an element is a foot, of the page or of a part of it."""
    return element.tag == "footer" or _named(element) == "footer"


def _named(element: HtmlElement) -> str:
    return _rule_of_names(f"{element.get('class', '')} {element.get('id', '')}")


@lru_cache(maxsize=10_000)
def _rule_of_names(names: str) -> str:
    """The rule that the words of a class or id tell; "" for none. A portal has few of them."""
    bare = LOOKS.sub("", names)
    return next((rule for rule, words in MARKUP if words.search(bare)), "") if bare else ""


def date_of_line(line: str, now: datetime) -> DateLine | None:
    """The date of a line that says nothing else (a counter aside); None for any other line."""
    if len(line) > LONGEST:
        return None
    found = read_line(line, now)
    if found is None:
        return None
    rest = squeezed(TOOLS.sub(" ", found.rest)).strip(EDGE)
    return found if not rest or line_rule(rest) or AUTHOR.fullmatch(rest) else None


def _strip_markup(soup: BeautifulSoup) -> Iterator[Removed]:
    """Take out elements that show nothing or are known by their class; yields what they showed."""
    enough = MOST * len(soup.get_text())
    gone = set[int]()
    for tag in soup.find_all(True):
        if id(tag) in gone or not (rule := _markup_rule(tag)):
            continue
        text = tag.get_text(" ")
        several = rule in APART and len(tag.find_all("a", limit=SEVERAL)) == SEVERAL
        if rule == "no text" or several or len(text) <= enough or _linked(tag) > MOST:
            if rule != "no text" and (line := squeezed(text)):
                yield Removed(line, rule)
            gone.update(map(id, tag.find_all(True)))
            tag.extract()


def _markup_rule(tag: Tag) -> str:
    if tag.name in NO_TEXT:
        return "no text"
    style = tag.get("style")
    if tag.name in NAMED:
        return NAMED[tag.name]
    if tag.has_attr("hidden") or (style and HIDDEN.search(str(style))):
        return "hidden"
    return _rule_of_names(_names(tag))


def _linked(tag: Tag) -> float:
    """The share of a tag's letters that are links."""
    links = sum(len(link.get_text()) for link in tag.find_all("a"))
    return links / max(1, len(tag.get_text()))


def _names(tag: Tag) -> str:
    return " ".join((*map(str, tag.get_attribute_list("class")), str(tag.get("id") or "")))


def _below_title(blocks: list[Block], title: str, removed: list[Removed]) -> list[Block]:
    """What follows the title, where it is among the blocks."""
    wanted = title.casefold()
    for number, block in enumerate(blocks):
        if block.text.casefold() == wanted:
            removed.extend(Removed(each.text, "above the title") for each in blocks[:number])
            removed.append(Removed(block.text, "the title"))
            return blocks[number + 1 :]
    return blocks


def _line_rules(blocks: Sequence[Block], now: datetime, exact: bool) -> list[str]:
    """For each block the rule that takes it, or ""."""
    rules = [line_rule(block.text) for block in blocks]
    _mark_attachments(blocks, rules)
    _mark_counters(blocks, rules)
    _mark_dates(blocks, rules, now, exact)
    _mark_related(blocks, rules)
    _mark_footer(blocks, rules)
    if not exact:
        _mark_last_links(blocks, rules)
    return rules


def _mark_attachments(blocks: Sequence[Block], rules: list[str]) -> None:
    """Lines that only link a file by its name: the article lists its attachments itself."""
    for number, block in enumerate(blocks):
        if block.file and ATTACHMENT.fullmatch(block.text):
            rules[number] = rules[number] or "attachment"


def _mark_counters(blocks: Sequence[Block], rules: list[str]) -> None:
    """Lines such as "Hôm nay: 12" or a bare number, beside a line that surely is a counter."""
    for order in (range(1, len(blocks)), range(len(blocks) - 2, -1, -1)):
        for number in order:
            beside = rules[number - order.step] == "counter"
            if beside and MAYBE_COUNTER.fullmatch(blocks[number].text.strip(EDGE)):
                rules[number] = "counter"


def _mark_dates(blocks: Sequence[Block], rules: list[str], now: datetime, exact: bool) -> None:
    """Lines that are only a date: labelled ones anywhere, others above the first line of text."""
    above = not exact
    for number, block in enumerate(blocks):
        if not rules[number]:
            found = date_of_line(block.text, now)
            if found and (above or found.label):
                rules[number] = "date line"
            else:
                above = False


def _mark_related(blocks: Sequence[Block], rules: list[str]) -> None:
    """A heading such as "Các tin khác" and the links below it, each with its teaser."""
    inside = False
    for number, block in enumerate(blocks):
        head = len(block.text) < LONGEST and RELATED_HEAD.fullmatch(block.text.strip(EDGE))
        near = (blocks[number - 1], block, *blocks[number + 1 : number + 2])
        inside = bool(head) or (inside and any(each.linked > MOST for each in near))
        if inside:
            rules[number] = rules[number] or "related news"


def _mark_last_links(blocks: Sequence[Block], rules: list[str]) -> None:
    """The links after the last line of text, where they are several."""
    number = len(blocks)
    while number and (rules[number - 1] or _is_link(blocks[number - 1])):
        number -= 1
    linked = [each for each in range(number, len(blocks)) if not rules[each]]
    if len(linked) >= SEVERAL:
        for each in linked:
            rules[each] = "links below"


def _is_link(block: Block) -> bool:
    return block.linked > NEARLY_ALL and block.tag != "tr"  # tables list files


def _mark_footer(blocks: Sequence[Block], rules: list[str]) -> None:
    start = max(0, len(blocks) - FOOTER_LINES)
    for number in range(start, len(blocks)):
        if FOOTER_HEAD.fullmatch(blocks[number].text):
            rules[number:] = [rule or "footer" for rule in rules[number:]]
            return
