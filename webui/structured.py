"""What a page says of itself to programs that read it: JSON-LD in the words of schema.org."""

from __future__ import annotations

from typing import Any

from flask import url_for

from webui.addresses import absolute


def website() -> dict[str, Any]:
    """The site, and how it is searched."""
    search = absolute(url_for("pages.search"))
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": "Tin Phường",
        "url": absolute(url_for("pages.home")),
        "inLanguage": "vi",
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{words}}"},
            "query-input": "required name=words",
        },
    }


def breadcrumbs(*trail: tuple[str, str]) -> dict[str, Any]:
    """The way to a page: names and paths, from the first to the page itself."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
            for place, (name, path) in enumerate(trail, 1)
        ],
    }
