"""RENAME VALUE of an enum leaves either the old or the new code without its label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import execute, lines, outside_transaction
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.pg.identifiers import quote_literal
from midflight.sql.types import RenameEnumValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See a label of a live enum that is renamed."""
    for rename in sight.changes(RenameEnumValue):
        if not sight.is_own_type(rename.type):
            yield Harm("", _message(rename), _fix(rename))


def _message(rename: RenameEnumValue) -> str:
    old, new = rename.value, rename.new_value
    return (
        f"Code that writes or compares {old!r} of {rename.type} fails from the moment this commits, and when it reads "
        f"a row it finds {new!r}, which it does not know; code that writes {new!r} fails until then. While a release "
        "is rolled out both run, so one of them fails."
    )


def _fix(rename: RenameEnumValue) -> Fix:
    return lines(
        "a second label beside the first:",
        outside_transaction(
            execute(f"ALTER TYPE {rename.type.sql} ADD VALUE IF NOT EXISTS {quote_literal(rename.new_value).strip()}")
        ),
        f"then, each a release of its own: the code reads both labels; it writes {rename.new_value!r}; older rows",
        f"are changed in batches; {rename.value!r} stays, unused",
    )


_TYPE = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE days (id int PRIMARY KEY, mood mood);"

HAZARD = Hazard(
    id="rename-enum-value",
    title="Renaming an enum's label breaks the code that uses the old one",
    severity=Severity.ERROR,
    effect="While old and new code run side by side, one of them uses a label that is not there.",
    safe_form="Add the new label, read both, write the new one, change the older rows in batches.",
    source_url="https://www.postgresql.org/docs/current/sql-altertype.html",
    check=check,
    breaks_old_code=True,
    dangerous=(Example(setup=_TYPE, revision="ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';"),),
    safe=(
        Example(setup=_TYPE, revision="ALTER TYPE mood ADD VALUE 'fine';"),
        Example(
            setup="",
            revision="CREATE TYPE colour AS ENUM ('red', 'gren'); ALTER TYPE colour RENAME VALUE 'gren' TO 'green';",
        ),
    ),
)
