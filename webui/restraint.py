"""Restraint: how much of an article may be shown to readers. We republish what portals own."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from crawler.article import Article
from indexer.document import Source
from webui.format import shortened
from webui.masking import masked

SNIPPET = 240
"""Characters shown of an article whose portal did not agree to more."""

FILE_SHOWN = 20_000
"""Characters shown of an attached file, where its portal agreed to whole texts."""

LONGEST_NUMBER = 80
"""Characters read past the end of what is shown, so that no number of a person is cut in two and
so not known for one."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """`whole`: the text as it stands; `passage`: its beginning. One that may be whole has both."""

    whole: bool
    passage: bool

    def of_text(self, article: Article) -> str:
        """The beginning of the text in one line; "" where not even that may be shown."""
        return beginning(article.text.replace("\n", " "), SNIPPET) if self.passage else ""

    def of_file(self, text: str) -> str:
        """As much of what an attached file says."""
        return beginning(text, FILE_SHOWN if self.whole else SNIPPET) if self.passage else ""


def allowed(article: Article) -> Allowed:
    """What the entry of its portal allows, less what the page itself asks not to be done.

    Of a portal that is no longer known no more than a passage is shown.
    """
    source: Source | None = current_app.config["SOURCES"].get(article.portal)
    passage = not article.nosnippet
    full = source is not None and source.show == "full"
    return Allowed(full and passage and not article.noarchive, passage)


def beginning(text: str, length: int) -> str:
    """The beginning of a text without numbers of persons.

    >>> beginning("Gọi 0912345678 để hỏi", 12)
    'Gọi…'
    >>> beginning("Số máy 0912345678", 40)
    'Số máy ••••••••78'
    """
    return shortened(masked(text[: length + LONGEST_NUMBER]), length)
