"""Renaming a type leaves either the old or the new code with a cast to a type that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.types import CreateType, RenameType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.sql.names import Name


def check(sight: Sight) -> Iterator[Harm]:
    """See a live type that is renamed, where nothing takes its name in the same transaction."""
    for rename in sight.changes(RenameType):
        if not sight.is_own_type(rename.type) and not _comes_back(rename.type, sight):
            yield Harm("", _message(rename), advice=_ADVICE)


def _comes_back(name: Name, sight: Sight) -> bool:
    later = [later for later in sight.later if later.shares_transaction(sight)]
    made = any(change.type.may_be(name) for each in later for change in each.changes(CreateType))
    return made or any(change.new_name == name.name for each in later for change in each.changes(RenameType))


def _message(rename: RenameType) -> str:
    return (
        f"Columns follow the type to its new name, but code does not: whatever casts to {rename.type} fails from the "
        f"moment this commits, and what casts to {rename.new_name} until then. SQLAlchemy on asyncpg writes each value "
        f"of an enum as $1::{rename.type.name}, so every such INSERT and comparison of a running instance fails."
    )


_ADVICE = (
    "Leave the name: no user sees it, and the application's code may call the type what it likes "
    "(SQLAlchemy's Enum takes name='the_old_name')."
)

_TYPE = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE days (id int PRIMARY KEY, mood mood);"

HAZARD = Hazard(
    id="rename-type",
    title="Renaming a type breaks the code that casts to it",
    severity=Severity.ERROR,
    effect="While old and new code run side by side, one of them casts to a type that is not there.",
    safe_form="Leave the name of the type as it is; the application's code can call it otherwise.",
    source_url="https://www.postgresql.org/docs/current/sql-altertype.html",
    check=check,
    breaks_old_code=True,
    dangerous=(Example(setup=_TYPE, revision="ALTER TYPE mood RENAME TO feeling;"),),
    safe=(
        Example(setup="", revision="CREATE TYPE colour AS ENUM ('red'); ALTER TYPE colour RENAME TO color;"),
        Example(
            setup=_TYPE,
            revision="ALTER TYPE mood RENAME TO mood_old; CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');",
        ),
    ),
)
