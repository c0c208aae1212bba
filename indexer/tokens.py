"""Tokens: what pyvi takes for one, before it asks which of them make a word."""

from __future__ import annotations

import re

# In pyvi's order; possessive, so that no run is read twice.
_SHORT = r"[A-ZĐ]++\.|Tp\.|Mr\.|Mrs\.|Ms\.|Dr\.|ThS\.|==>|->|\.\.\.|>>|\n|\w++://\S++"
_LOCAL, _HOST = "[a-zA-Z0-9_.+-]", "[a-zA-Z0-9-]"
_ADDRESS = rf"{_LOCAL}++@(?:{_HOST}+\.)+{_HOST}+"
_REST = r"\d++(?:[.,_]\d++)++|[^\w\s]|\w++"
# The first two are the common cases of what follows, put where they are found soonest.
_TOKEN = re.compile(rf"[^\W\d]\w*+(?![.:])|[^\w\s.=>-]|{_SHORT}|{_REST}")
_TOKEN_OR_ADDRESS = re.compile(rf"{_SHORT}|{_ADDRESS}|{_REST}")
_MAILBOX = re.compile(rf"(?<!{_LOCAL}){_LOCAL}++(?=@{_HOST}++\.{_HOST})")


def tokens(line: str) -> list[str]:
    """Syllables, numbers, addresses and signs, as pyvi's sylabelize() finds them, in linear time.

    >>> tokens("TP. Hà Nội: a.b@c.vn -> 1.5%")
    ['TP.', 'Hà', 'Nội', ':', 'a.b@c.vn', '->', '1.5', '%']
    """
    found: list[str] = []
    position = 0
    for mailbox in _MAILBOX.finditer(line) if "@" in line else ():
        while position < mailbox.end():
            pattern = _TOKEN if position < mailbox.start() else _TOKEN_OR_ADDRESS
            match = pattern.search(line, position)
            if not match:
                break
            if position < mailbox.start() <= match.start():
                position = mailbox.start()
                continue
            found.append(match[0])
            position = match.end()
    return found + _TOKEN.findall(line, position)
