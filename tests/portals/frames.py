"""Page frames: any text in the page of any family, as a portal of that family would serve it."""

from __future__ import annotations

from dataclasses import dataclass

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tests.portals.sites import (
    HERE,
    PAGE_SIZE,
    SampleArticle,
    Site,
    article_path,
    listing_path,
    print_path,
)

TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.globals.update(
    article_path=article_path, listing_path=listing_path, print_path=print_path
)

MARK = "Bài mẫu"
"""Stands on every page: nobody shall take a sample for the site of a real ward."""


@dataclass(frozen=True, slots=True)
class Visits:
    """What the counters of a page show."""

    online: int
    today: int
    total: int
    views: int

    @classmethod
    def after(cls, requests: int) -> Visits:
        """Counters that move with every request, as on the portals."""
        return cls(3 + requests % 17, 120 + requests, 482_190 + requests, 68 + requests)


def article_page(
    family: str, article: SampleArticle, site: Site, requests: int = 0, path: str = ""
) -> str:
    """The HTML page of an article. `path` is the address asked for, if not the usual one."""
    related = [other for other in site.listed(next(iter(site.sections))) if other != article]
    return _render(
        f"{family}/article.html",
        family,
        site,
        requests,
        path or article_path(family, article),
        article=article,
        related=related[:PAGE_SIZE],
    )


def print_page(family: str, article: SampleArticle, site: Site) -> str:
    """The print view: the article without menus."""
    return _render("print.html", family, site, 0, print_path(family, article), article=article)


def listing_page(
    family: str, section: str, site: Site, number: int = 1, requests: int = 0, path: str = ""
) -> str:
    """One page of a section's listing, with links to all its pages."""
    first = (number - 1) * PAGE_SIZE
    return _render(
        f"{family}/listing.html",
        family,
        site,
        requests,
        path or listing_path(family, section, number),
        heading=site.sections[section],
        section=section,
        articles=site.listed(section)[first : first + PAGE_SIZE],
        number=number,
    )


def home_page(family: str, site: Site, requests: int = 0, path: str = "/") -> str:
    """The start page: the newest articles."""
    section = next(iter(site.sections))
    return _render(
        f"{family}/listing.html",
        family,
        site,
        requests,
        path,
        heading="Tin mới nhất",
        section=section,
        articles=site.listed(section)[:PAGE_SIZE],
        number=0,
    )


def contact_page(family: str, site: Site, requests: int = 0, path: str = "/lien-he") -> str:
    """A page of the site that holds no article."""
    return _render("contact.html", family, site, requests, path)


def _render(
    template: str, family: str, site: Site, requests: int, path: str, **values: object
) -> str:
    return TEMPLATES.get_template(template).render(
        family=family,
        site=site,
        path=path,
        visits=Visits.after(requests),
        mark=MARK,
        **values,
    )
