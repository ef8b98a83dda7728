"""One traced statement: a line of it, and all that it did behind that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.report.deeds import blindness, failure, locking, timing, work
from midflight.report.html.bars import Waiting, waiting
from midflight.report.html.element import Html, element
from midflight.report.html.text import beginning, block
from midflight.report.visible import Size, excerpt, one_line
from midflight.report.words import disturbing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from midflight.trace.record import TracedStatement

SHORT = Size(lines=6, characters=600)
LONG = Size(lines=400, characters=20_000)


def statements_of(revision: int, statements: Sequence[TracedStatement]) -> Html | None:
    """List a revision's statements; None where it sent none."""
    if not statements:
        return None
    listed = (_listed(statement_id(revision, index), one) for index, one in enumerate(statements))
    return element("section", element("h4", "Statements"), element("ol", *listed, class_="statements"))


def statement_id(revision: int, statement: int) -> str:
    """Return the id of a statement's element."""
    return f"r{revision}s{statement}"


def statement_in_short(statement: TracedStatement) -> Html:
    """Show a statement within a finding, and what of its doings could disturb others."""
    locks = locking(disturbing(statement.locks_taken), disturbing(statement.locks_held))
    return element("div", block(excerpt(statement.sql, SHORT)), _deeds((*locks, *_ends(statement))))


def _listed(own_id: str, statement: TracedStatement) -> Html:
    line = "" if statement.line is None else f"line {statement.line}"
    summary = element("summary", beginning(statement.sql), element("small", line), _effect(statement))
    deeds = (*locking(statement.locks_taken, statement.locks_held), *_ends(statement), timing(statement))
    body = element("div", block(excerpt(statement.sql, LONG)), _deeds(deeds), id=own_id)
    return element("li", element("details", summary, body))


def _ends(statement: TracedStatement) -> tuple[str, ...]:
    return (*work(statement), *(end for end in (failure(statement), blindness(statement)) if end))


def _effect(statement: TracedStatement) -> Html | None:
    """Say in a badge who waits for it, or that it failed."""
    if statement.error:
        return element("span", "failed", class_="badge error")
    felt = {waiting(lock.mode) for lock in statement.locks_taken}
    worst = next((one for one in (Waiting.ALL, Waiting.WRITES) if one in felt), None)
    return element("span", worst.value, class_="badge unknown") if worst else None


def _deeds(deeds: Iterable[str]) -> Html | None:
    items = [element("li", one_line(deed)) for deed in deeds]
    return element("ul", *items, class_="deeds") if items else None
