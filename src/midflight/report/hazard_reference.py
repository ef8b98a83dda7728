"""The page of the reference on all hazards: ``python -m midflight.report.hazard_reference`` prints it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from midflight import sql
from midflight.hazards.hazard import Example, Hazard, HistoryHazard
from midflight.registry import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEAD = """\
# Hazards

What `midflight check` looks for. An **error** hurts the service as the revision is written; a **warning** hurts it
unless something is true that the revision does not show. `midflight explain HAZARD` tells the same in the terminal;
[How to accept a hazard](../how-to/accept-a-hazard.md) says how to allow one or to change its severity.

This page is generated from the code (`make reference`). Every dangerous and every safe example runs in the tests,
through the grammar and on real servers."""


def reference_text() -> str:
    """Write the page as it is committed."""
    blocks = [
        HEAD,
        "## Seen in a statement",
        *_table(BUILT_IN.of_statements),
        "## Seen in a revision or in the history",
        *_table(BUILT_IN.of_history),
        *(block for hazard in _sorted(BUILT_IN.all) for block in _section(hazard)),
    ]
    return "\n\n".join(blocks) + "\n"


def _sorted(hazards: Iterable[Hazard | HistoryHazard]) -> list[Hazard | HistoryHazard]:
    return sorted(hazards, key=lambda hazard: hazard.id)


def _table(hazards: Iterable[Hazard | HistoryHazard]) -> Iterator[str]:
    rows = (f"| [{one.id}](#{one.id}) | {one.severity.value} | {_cell(one.title)} |" for one in _sorted(hazards))
    yield "\n".join(["| hazard | severity | what it is |", "|---|---|---|", *rows])


def _cell(text: str) -> str:
    """A bar would end the cell: https://github.github.com/gfm/#tables-extension-."""
    return text.replace("|", "\\|")


def _section(hazard: Hazard | HistoryHazard) -> Iterator[str]:
    yield f"## {hazard.id}"
    yield f"{hazard.title} ({hazard.severity.value})."
    yield hazard.effect
    yield f"**Safe form.** {hazard.safe_form}"
    if isinstance(hazard, Hazard):
        for example in hazard.dangerous:
            yield _example("Dangerous", example)
        for example in hazard.safe:
            yield _example("Safe", example)
    yield f"Source: <{hazard.source_url}>"


def _example(title: str, example: Example) -> str:
    mode = ", each statement in autocommit" if example.autocommit else ""
    also = f" (beside: {', '.join(f'[{name}](#{name})' for name in example.also)})" if example.also else ""
    before = ["-- the schema before", *_statements(example.setup), ""] if example.setup.strip() else []
    code = [*before, f"-- the revision{mode}", *_statements(example.revision)]
    return "\n".join([f"{title}{also}:", "", "```sql", *code, "```"])


def _statements(text: str) -> list[str]:
    return [f"{piece.text};" for piece in sql.split(text)]


if __name__ == "__main__":
    sys.stdout.write(reference_text())
