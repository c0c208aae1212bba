"""/suggest: how what was typed may go on, in the form that browsers ask for (OpenSearch)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, jsonify, request, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from indexer.query import Query
from indexer.suggest import Completion, Kind
from webui.addresses import absolute
from webui.format import shortened
from webui.masking import masked
from webui.params import TEXT_LIMIT, link
from webui.reading import reading

answers = Blueprint("suggestions", __name__)

PATH = "/suggest"
MIMETYPE = "application/x-suggestions+json"

KEPT_SECONDS = 300
"""How long a browser keeps an answer: who types back and forth asks the same again."""

LONGEST = 90
"""Characters shown of a completion; titles may be long."""

KINDS: Mapping[Kind, object] = {
    "query": lazy_gettext("Từ khóa"),
    "ward": lazy_gettext("Phường, xã"),
    "topic": lazy_gettext("Chủ đề"),
    "title": lazy_gettext("Bài"),
}
"""What readers call the kinds of completions."""


@answers.get(PATH)
def suggest() -> Response:
    """[what was typed, completions, their kinds, their addresses]: three lists of equal length."""
    typed = request.args.get("q", "")[:TEXT_LIMIT]
    found = reading().completions(typed)
    texts = [shortened(masked(each.text), LONGEST) for each in found]
    response = jsonify(
        [typed, texts, [str(KINDS[each.kind]) for each in found], [*map(address, found)]]
    )
    response.mimetype = MIMETYPE
    response.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return response


def address(completion: Completion) -> str:
    """Where a completion leads to."""
    if completion.kind == "title":
        return absolute(url_for("articles.article", number=completion.value))
    if completion.kind == "ward":
        return absolute(link(Query(wards=(completion.value,))))
    if completion.kind == "topic":
        return absolute(link(Query(topics=(completion.value,))))
    return absolute(link(Query(completion.value)))
