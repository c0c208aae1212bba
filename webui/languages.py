"""Languages: in which one this request is answered, and how a reader's choice is kept.

The texts of the code are Vietnamese; translations/ has a catalogue for every other language. What
portals wrote is never translated. `?lang=en` chooses, a cookie keeps the choice; nothing else is
kept, and nothing is guessed from the browser.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel

SOURCE = "vi"
"""The language of the code and of what portals write."""

LANGUAGES = {SOURCE: "Tiếng Việt", "en": "English"}
"""Languages of the page, each by its own name."""

CHOICE = "lang"
"""The parameter of an address that chooses, and the cookie that keeps the choice."""

KEPT_SECONDS = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Answer every request in its language; `_`, `ngettext` and `trans` for the templates."""
    Babel(app, default_locale=SOURCE, locale_selector=language)  # type: ignore[no-untyped-call]
    app.jinja_env.policies["ext.i18n.trimmed"] = True  # pyproject.toml says the same
    app.jinja_env.globals.update(language=language, other_languages=other_languages)
    app.after_request(_keep_choice)


def language() -> str:
    """The language of this request; that of the code where there is no request."""
    if not has_request_context():
        return SOURCE
    if "language" not in g:  # asked hundreds of times for a page
        asked = (request.args.get(CHOICE), request.cookies.get(CHOICE))
        g.language = next((code for code in asked if code in LANGUAGES), SOURCE)
    chosen: str = g.language
    return chosen


def other_languages() -> list[tuple[str, str, str]]:
    """Code, name and address of this page in every other language."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != CHOICE]
    return [
        (code, name, f"?{urlencode([*pairs, (CHOICE, code)])}")
        for code, name in LANGUAGES.items()
        if code != language()
    ]


def _keep_choice(response: Response) -> Response:
    """The answer, with the cookie where the address chooses; caches tell readers by it."""
    if request.endpoint == "static":
        return response
    response.vary.add("Cookie")
    asked = request.args.get(CHOICE)
    if asked in LANGUAGES and asked != request.cookies.get(CHOICE):
        response.set_cookie(
            CHOICE,
            asked,
            max_age=KEPT_SECONDS,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return response
