"""docs/reference/verdicts.md: the scores, and every case of which the tools think differently."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bench.verdicts.score import is_right
from bench.verdicts.table import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.verdicts.ours import Seen
    from bench.verdicts.said import Said
    from bench.verdicts.score import Disagreement, Score

HEAD = """# Verdicts

The check beside two linters, squawk {squawk} and zdm {zdm}, on the {cases} labelled cases of `bench/corpus`. Made by
`make bench-verdicts` on PostgreSQL {version}; [Whose verdict is right](../explanation/verdicts.md) tells how it is
counted, and settles the disagreements.

A danger is **named** where a tool says what the label says, **noticed** where it says anything. A harmless case (safe,
or one that only looks dangerous) is **falsely named** where a tool says that it is what it looks like, and a **false
alarm** where it says anything at all.

"""


def page(
    scores: Mapping[str, Mapping[str, Score]],
    apart: Sequence[Disagreement],
    seen: Mapping[str, Seen],
    broken: Mapping[str, tuple[str, ...]],
    facts: Mapping[str, object],
) -> str:
    """Write the page."""
    groups = [
        (group, list(cases)) for group, cases in groupby(apart, key=lambda each: f"{each.case.group}.{each.case.form}")
    ]
    sections = [_section(group, cases, seen, broken) for group, cases in groups]
    head = (
        f"{len(apart)} cases are judged rightly by one tool and wrongly by another. Under each: what the server did at "
        "each statement; and which queries of the release before, one a column of each table and view and one a label "
        "of each enum, failed after it."
    )
    return "\n\n".join([HEAD.format(**facts).strip(), markdown(scores), "## Disagreements", head, *sections]) + "\n"


def _section(
    group: str, cases: Sequence[Disagreement], seen: Mapping[str, Seen], broken: Mapping[str, tuple[str, ...]]
) -> str:
    return f"### {group.replace('.', ', ')}\n\n" + "\n".join(
        line for each in cases for line in _lines(each, seen[each.case.id].statements, broken.get(each.case.id))
    )


def _lines(each: Disagreement, statements: Sequence[str], broken: tuple[str, ...] | None) -> Iterator[str]:
    case = each.case
    label = f"{case.verdict}: {case.hazards[0]}" if case.is_dangerous else f"{case.verdict}, no {case.hazards[0]}"
    yield f"- **{case.name}** ({label}): {case.why}"
    for tool, said in each.said.items():
        yield f"  - {tool} {'is right' if is_right(case, said) else 'is wrong'}: {_words(said)}"
    for statement in statements:
        yield f"  - `{statement.replace('`', '')}`"
    if broken:
        more = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
        yield f"  - after it this fails: `{broken[0]}`{more}"
    elif broken is not None:
        yield "  - after it no query of the release before fails"


def _words(said: Said) -> str:
    return ", ".join(f"`{rule}`" for rule in said.rules) or "says nothing"
