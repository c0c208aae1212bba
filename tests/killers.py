"""Queries of death: what has brought search engines down, each to the limit of what is read.

A killer is the query string of an address, percent-encoded; WORDS of the corpus make it dear.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlencode

LIMIT = 512
"""Characters of q that are searched; longer ones are tried too."""

MOST_COMMON = """
    và của các có trong cho được người một không những này với ra là năm việc để công nhà thành
    phố hội dân nước khi đã từ đến về ngày tại theo làm nhân chính trường bị phát triển sự trên
    cũng đồng sau quan phường nhiều đường quốc thể lý sinh hành động kinh tế
"""
COMMON = MOST_COMMON.split()
"""Syllables that most articles have."""


def repeated(piece: str, length: int = LIMIT) -> str:
    """The piece again and again, up to a length."""
    return (piece * (length // len(piece) + 1))[:length]


TEXTS: Mapping[str, str] = {
    "a prefix": "t*",
    "prefixes": repeated("t* "),
    "inner wildcards": repeated("t*h*n*h ?à* "),
    "a phrase of 300 words": '"' + " ".join((COMMON * 6)[:300]) + '"',
    "a phrase of one word": '"' + repeated("và ", LIMIT - 2) + '"',
    "one token of 100 kB": "x" * 100_000,
    "5,000 nested parentheses": "(" * 5_000 + "a" + ")" * 5_000,
    "NOT again and again": repeated("-rác "),
    "only what is not wanted": "-và -của -các -có",
    "OR again and again": repeated("OR "),
    "quotes again and again": repeated('"'),
    "quotes of one syllable": repeated('"và" '),
    "500 common words ORed": " OR ".join((COMMON * 9)[:500]),
    "bare common words ORed": " OR ".join(dict.fromkeys(COMMON)),
    "bare syllables": "va cua cac co trong cho duoc nguoi mot khong nhung nay voi la nam viec de",
    "bare syllables, repeated": repeated("duong "),
    "the most common word 200 times": "và " * 200,
    "every field": repeated("tieude:và phuong:và nguon:và so:1/KH truoc:2026 sau:2020 "),
    "fields in fields": repeated("tieude:phuong:nguon:so:truoc:"),
    "days in days": repeated("truoc:2026-03 OR sau:2020 -truoc:2024 "),
    "NULs": repeated("và\0"),
    "right-to-left overrides": repeated("\u202evà\u202c "),
    "a thousand combining marks": "a" + "\u0323" * 1_000,
    "combining marks": repeated("\u0301\u0323"),
    "composed and decomposed": repeated("hoà hoà thuý thuý "),
    "families of emoji": repeated("👨‍👩‍👧‍👦"),
    "fuzzy": repeated("và~2 các^5 "),
    "ranges": repeated("[a TO z] {1 TO 9} title:>5 "),
    "a regular expression": "/(a+)+$/ " + "a" * 40 + "! .*.*.*.*",
    "SQL": "' OR 1=1; DROP TABLE articles; -- \" UNION SELECT * FROM sqlite_master",
    "FTS5": 'NEAR("và" "các", 10) AND {title body} : và^',
    "TCVN3": "c«ng khai ng©n s¸ch ph­êng Bå §Ò " * 10,
    "zero-width spaces": repeated("và\u200bcác\u200d\u2060"),
    "full width": repeated("ＡＮＤ ＯＲ ＮＯＴ　"),
    "a template": "{{ 7*7 }}{% for x in range(10**9) %}",
    "formats": "%s%s%n%x" * 60,
}
"""What is typed into the box."""

RAW: Mapping[str, str] = {
    "a page of 10^18": "q=v%C3%A0&page=1000000000000000000",
    "from after to": "q=v%C3%A0&from=2026&to=2020",
    "days that are none": "q=v%C3%A0&from=99999999999999999999&to=-1",
    "10,000 wards": "&".join(f"ward=w{number}" for number in range(10_000)),
    "50 wards and 50 topics": "&".join(
        f"ward=w{number}&topic=t{number}&source=s{number}&type=y{number}" for number in range(50)
    ),
    "empty parameters by the thousand": "&" * 5_000 + "q=v%C3%A0",
    "broken percent-encoding": "q=%&%=%zz%1&q=%u00e0%c3%28%f0%9f%92",
    "bytes that are no UTF-8": "q=%ff%fe%c0%80%ed%a0%80%f8%88%80%80%80",
    "lone surrogates": "q=" + "v%C3%A0%ED%A0%80" * 90,
    "one name a hundred times": "q=a&" * 100 + "q=v%C3%A0",
}
"""Whole query strings."""


def killers() -> Iterator[tuple[str, str]]:
    """Name and query string of each."""
    for name, text in TEXTS.items():
        yield name, urlencode({"q": text})
    for order in ("newest", "oldest"):
        yield f"{order} first, last page", f"q=v%C3%A0&sort={order}&page=500"
    yield "the last page of the most common word", f"q={quote('và')}&page=500"
    yield from RAW.items()


PIECES = (
    *COMMON,
    *("-", '"', "“", "”", "(", ")", ":", "*", "?", "~", "^", "\\", "/", "&", "|", "+", "!", "'"),
    *("OR", "HOẶC", "AND", "NOT", "or", "hoặc"),
    *("tieude:", "phuong:", "nguon:", "so:", "truoc:", "sau:", "title:", "TIEUDE:"),
    *("2026", "3/2026", "15/3/2026", "2026-13-45", "154-KH/TU", "0", "-1", "1e400"),
    *("duong", "đường", "Đường", "đường", "UBND", "ubnd", "x", "\u0301", "\0", "\u202e", "👩‍👩‍👧"),
    *(" ", "  ", "\t", "\n", "", "và" * 50),
)
"""What a query is made of, by its grammar and by those of others."""

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "ward": ("bo-de", "x", ""),
    "topic": ("ngan-sach", "' OR 1=1"),
    "source": ("portal-1", "\0"),
    "type": ("tin-tuc", "//"),
    "province": ("ha-noi", "<b>"),
    "from": ("2021", "31/2/2026", "abc", "3/2022", "-1"),
    "to": ("2026", "0", "15/3/2023"),
    "sort": ("newest", "oldest", "relevance", "worst"),
    "page": ("1", "2", "0", "-1", "NaN", "1e400", "٣", "7", "999999999"),
    "exact": ("1", "0"),
    "lang": ("en", "vi", "xx"),
}


def fuzzed(count: int, seed: int = 1) -> Iterator[str]:
    """So many query strings by chance; the same seed, the same ones."""
    chance = random.Random(seed)
    for _ in range(count):
        glue = chance.choice((" ", " ", " ", ""))
        pairs = [("q", glue.join(chance.choices(PIECES, k=chance.randint(0, 14))))]
        for name in chance.sample(list(PARAMETERS), chance.choice((0, 0, 1, 1, 2, 4))):
            pairs.append((name, chance.choice(PARAMETERS[name])))
        yield urlencode(pairs)
