"""The whole page: one file that loads nothing and runs nothing but its own script."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from midflight import __version__
from midflight.report.counts import hazards, unit
from midflight.report.html.element import Html, element, joined
from midflight.report.html.graph import graph
from midflight.report.html.revision import revision_of
from midflight.report.html.summary import summary, verdict
from midflight.report.revision import has_news
from midflight.report.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from midflight.checks.result import CheckResult, RevisionResult

OPEN_AT_MOST = 12
"""Up to so many revisions with news are shown open at first; more would be too long to look through."""


def html_text(result: CheckResult, here: Path) -> str:
    """Write the report as one HTML file, in ASCII, so that no locale and no web server can spoil it.

    Args:
        result: what the check found.
        here: the user's current folder: paths within it are shown relative to it.
    """
    page = element("html", _head(result), element("body", _main(result, here), _foot()), lang="en")
    return f"<!doctype html>\n{page}\n".encode("ascii", "xmlcharrefreplace").decode("ascii")


def _head(result: CheckResult) -> Html:
    style = _own("style.css")
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, _own("script.js"))),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{verdict(result)} - Midflight"),
        element("style", style),
    )


def _policy(style: Html, script: Html) -> str:
    """Allow nothing but our own style and script, known by their hashes.

    https://www.w3.org/TR/CSP3/#directive-style-src
    """
    return (
        f"default-src 'none'; style-src 'sha256-{_hash(style)}'; script-src 'sha256-{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _main(result: CheckResult, here: Path) -> Html:
    drawn = graph(result.revisions)
    return element(
        "main",
        summary(result, here),
        element("section", element("h2", "History"), drawn, aria_label="History") if drawn else None,
        element(
            "section",
            element("h2", f"{unit(result).title()}s"),
            _filter(result),
            *_revisions(result.revisions, here),
            id="revisions",
            aria_label=f"{unit(result).title()}s",
        ),
    )


def _revisions(revisions: Sequence[RevisionResult], here: Path) -> list[Html]:
    numbers = {revision.id: number for number, revision in enumerate(revisions)}
    are_few = sum(map(has_news, revisions)) <= OPEN_AT_MOST
    return [
        revision_of(number, revision, here, numbers, is_open=are_few and has_news(revision))
        for number, revision in enumerate(revisions)
    ]


def _filter(result: CheckResult) -> Html:
    """Make the controls that choose among revisions; they are hidden where no script runs."""
    choices = [
        ("", "all"),
        ("*", "with findings"),
        *((name, f"{one_line(name)} ({number})") for name, number in hazards(result)),
    ]
    return element(
        "form",
        element("label", "Search ", element("input", type="search", name="words", autocomplete="off")),
        element(
            "label",
            "Show ",
            element("select", *(element("option", text, value=value) for value, text in choices), name="hazard"),
        ),
        element("button", "Open all", type="button", name="open"),
        element("button", "Close all", type="button", name="close"),
        element("output", "", aria_live="polite"),
        class_="filter",
        role="search",
        hidden=True,
    )


def _foot() -> Html:
    made = element("footer", f"Made by Midflight {__version__}. Nothing in this page loads anything.")
    return joined(made, element("script", _own("script.js")))


def _own(name: str) -> Html:
    """Read a file of this package, which is not to be escaped."""
    return Html(files(__package__).joinpath(name).read_text(encoding="ascii"))


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()
