"""/openapi.json: what the addresses for programs promise, in the words of OpenAPI 3.1.

Names, limits and choices of parameters are those that params.py reads by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from flask import jsonify
from werkzeug.wrappers import Response

from indexer.query import PAGE_SIZE
from webui import api, atom, spreadsheet, status, suggestions
from webui.languages import CHOICE, LANGUAGES
from webui.params import CHOICES, FACETS, PAGE, TEXT_LIMIT, VALUES_LIMIT
from webui.programs import open_blueprint

answers = open_blueprint("openapi", __name__)

PATH = "/openapi.json"

Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
MAYBE: Schema = {"type": ["string", "null"]}
COUNT: Schema = {"type": "integer", "minimum": 0}
PROBLEM: Schema = {"$ref": "#/components/responses/Problem"}
NUMBER: Schema = {"type": "string", "pattern": f"^({PAGE.pattern})?$"}
DAY: Schema = {
    "type": "string",
    "pattern": r"^$|^([0-9 ]{1,4}[./-]){0,2}[0-9 ]{1,8}$",
    "examples": ["2026-03-15", "15/3/2026", "3/2026", "2026"],
}
"""A day, a month or a year; day before month unless the year comes first."""

OF_FACETS = {
    "province": "Slugs of provinces; any of them",
    "ward": "Slugs of wards and communes; any of them",
    "topic": "Slugs of topics; any of them",
    "source": "Ids of portals; any of them",
    "type": "Kinds of articles; any of them",
}
FORMATS = {
    api.PATH: ("search", "A page of articles, with counts of facets", "application/json"),
    spreadsheet.PATH: (
        "table",
        f"The first {spreadsheet.ROWS} articles as rows of a spreadsheet (page is ignored)",
        "text/csv",
    ),
    atom.PATH: (
        "feed",
        f"The newest {atom.ENTRIES} articles as a feed (sort and page are ignored)",
        "application/atom+xml",
    ),
}
"""Path → name of the operation, what comes back, and its media type."""


@answers.get(PATH)
def openapi() -> Response:
    """The description as JSON."""
    return jsonify(description())


def description() -> Schema:
    """The whole of it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tin Phường",
            "version": version("tinphuong"),
            "description": "News of Vietnam's wards and communes: one search in three formats.",
        },
        "paths": {
            **{path: {"get": operation(path)} for path in FORMATS},
            status.PATH: {"get": portals()},
            suggestions.PATH: {"get": completions()},
        },
        "components": {
            "schemas": {"Results": results(), "Article": article(), "Problem": problem()},
            "responses": {"Problem": problem_response()},
        },
    }


def operation(path: str) -> Schema:
    """What one format promises."""
    name, summary, media_type = FORMATS[path]
    schema = {"$ref": "#/components/schemas/Results"} if path == api.PATH else STRING
    headers = {"ETag": _header("Another for every generation of the index", STRING)}
    if path == spreadsheet.PATH:
        headers["X-Total-Count"] = _header("Articles found, of which the first are listed", COUNT)
    found: Schema = {
        "description": summary,
        "headers": headers,
        "content": {media_type: {"schema": schema}},
    }
    if path == api.PATH:
        found["links"] = links()
    unchanged = {"description": "As If-None-Match says, nothing is new"}
    return _operation(name, summary, parameters(), {"200": found, "304": unchanged})


def portals() -> Schema:
    """What /status.json promises."""
    state = _list({"type": "string", "enum": list(status.STATES)})
    summary = "How every portal is doing"
    content = {"application/json": {"schema": _object(waiting=COUNT, sources=_list(portal()))}}
    asked = {"name": "state", "in": "query", "schema": state, "description": "Any of them"}
    found = {"description": summary, "content": content}
    return _operation("portals", summary, [asked], {"200": found})


def portal() -> Schema:
    """One portal: when it was last crawled, when it is due, and what went wrong."""
    return _object(
        source=_object(id=STRING, name=STRING),
        ward=STRING,
        province=STRING,
        state={"enum": list(status.STATES)},
        label=STRING,
        succeeded=MAYBE,
        due=MAYBE,
        articles=COUNT,
        new_24h=COUNT,
        new_7d=COUNT,
        error=STRING,
        error_label=STRING,
    )


def completions() -> Schema:
    """What /suggest promises (OpenSearch, suggestions extension)."""
    summary = "How words may go on: [typed, [completion], [kind], [address]]"
    either = {"anyOf": [STRING, _list(STRING)]}
    schema = {"type": "array", "items": either, "minItems": 4, "maxItems": 4}
    asked = {"name": "q", "in": "query", "schema": STRING, "description": "What was typed so far"}
    found = {"description": summary, "content": {suggestions.MIMETYPE: {"schema": schema}}}
    return _operation("suggest", summary, [asked], {"200": found}, refused=("429", "503"))


def _operation(
    name: str,
    summary: str,
    asked: Sequence[Schema],
    answered: Mapping[str, Schema],
    refused: Sequence[str] = ("400", "429", "503"),
) -> Schema:
    """What is asked and answered; the `refused` statuses come with a problem."""
    return {
        "operationId": name,
        "summary": summary,
        "parameters": asked,
        "responses": {**answered, **dict.fromkeys(refused, PROBLEM)},
    }


def parameters() -> list[Schema]:
    """What every format reads; an empty value is none, as plain forms send it."""
    facets = {
        name: ({"type": "array", "items": STRING, "maxItems": VALUES_LIMIT}, OF_FACETS[name])
        for name in FACETS
    }
    described = {
        "q": ({"type": "string", "maxLength": TEXT_LIMIT}, "Words, “phrases”, -words, OR"),
        **facets,
        "from": (DAY, "First day, in +07:00"),
        "to": (DAY, "Last day, in +07:00; a month or a year means its last"),
        "sort": (_one_of(CHOICES["sort"]), "relevance where there are words, else newest"),
        "page": (NUMBER, f"From 1; each has {PAGE_SIZE} articles"),
        "exact": (_one_of(CHOICES["exact"]), "Search only for what is typed"),
        CHOICE: (_one_of(LANGUAGES), "Language of labels and errors"),
    }
    return [
        {"name": name, "in": "query", "schema": schema, "description": text}
        for name, (schema, text) in described.items()
    ]


def links() -> Schema:
    """Where an answer leads."""
    first = "$response.body#/results/0"
    return {
        "newsOfTheWard": {"operationId": "feed", "parameters": {"ward": f"{first}/wards/0/slug"}},
        "allOfThePortal": {"operationId": "table", "parameters": {"source": f"{first}/source/id"}},
        "moreOfThePortal": {
            "operationId": "search",
            "parameters": {"source": f"{first}/source/id"},
        },
    }


def results() -> Schema:
    """What /search.json answers."""
    value = _object(
        value=STRING, label=STRING, count=COUNT, selected={"type": "boolean"}, toggle_url=STRING
    )
    return _object(
        total=COUNT,
        page=COUNT,
        per_page={"const": PAGE_SIZE},
        undated=COUNT,
        results=_list({"$ref": "#/components/schemas/Article"}),
        facets=_object(**{name: _list(value) for name in FACETS}),
        links=_object(self=STRING, prev=MAYBE, next=MAYBE, html=STRING, atom=STRING, csv=STRING),
    )


def article() -> Schema:
    """One of the results. Marks are [start, end) in characters of title and snippet."""
    marks = _list({"type": "array", "items": COUNT, "minItems": 2, "maxItems": 2})
    named = _list(_object(slug=STRING, name=STRING))
    return _object(
        id=COUNT,
        url=STRING,
        page=STRING,
        title=STRING,
        title_marks=marks,
        snippet=STRING,
        snippet_marks=marks,
        file=STRING,
        copies=COUNT,
        published=MAYBE,
        source=_object(id=STRING, name=STRING),
        wards=named,
        topics=named,
    )


def problem() -> Schema:
    """What went wrong (RFC 9457); `errors` where parameters did."""
    return {
        "type": "object",
        "properties": {
            "title": STRING,
            "status": {"type": "integer"},
            "detail": STRING,
            "errors": _list(_object(parameter=STRING, detail=STRING)),
        },
        "required": ["title", "status", "detail"],
        "additionalProperties": False,
    }


def problem_response() -> Schema:
    """An answer that is none."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": "A wrong parameter (400), too many requests (429), or no answer now (503)",
        "content": {"application/problem+json": {"schema": schema}},
    }


def _object(**properties: Schema) -> Schema:
    """An object of exactly these members."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _one_of(values: Any) -> Schema:
    return {"type": "string", "enum": [*values, ""]}


def _header(text: str, schema: Schema) -> Schema:
    return {"description": text, "schema": schema}
