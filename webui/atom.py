"""/search.atom: any search can be followed (RFC 4287, with the elements of OpenSearch 1.1)."""

from __future__ import annotations

import re
from datetime import datetime

from flask import Response, render_template
from flask_babel import gettext as _

from indexer.query import Query
from webui import params
from webui.names import filter_name
from webui.programs import for_programs, open_blueprint
from webui.reading import reading

answers = open_blueprint("atom", __name__)

PATH = "/search.atom"

ENTRIES = 50
"""Articles of a feed, the newest."""

NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML text may hold (XML 1.0, 2.2)."""


@answers.get(PATH)
@for_programs
def search(query: Query) -> Response:
    """The newest articles of a search; sort and page are of no account here."""
    query = params.changed(query, sort=None)
    found = reading().listing(params.changed(query, sort="newest"), ENTRIES)
    hits = list(found.hits)
    with reading().store() as store:
        stored = store.articles(hit.id for hit in hits)
    hits = [hit for hit in hits if hit.id in stored]
    changes = [stored[hit.id].changed_at for hit in hits]
    feed = render_template(
        "search.atom.xml",
        title=title(query),
        query=query,
        total=found.total,
        entries=[(hit, stored[hit.id]) for hit in hits],
        entries_at_most=ENTRIES,
        updated=max(changes, default=datetime.fromisoformat(reading().manifest().created)),
    )
    return Response(NO_XML.sub("", feed), mimetype="application/atom+xml")


def title(query: Query) -> str:
    """What is followed: the words, then the filters."""
    named = [filter_name(applied) for applied in params.filters(query)]
    return " · ".join(filter(None, [query.text, *named])) or _("Tin mới nhất")
