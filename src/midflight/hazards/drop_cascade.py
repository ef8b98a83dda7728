"""DROP ... CASCADE drops what hangs on the object, named nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import DropConstraint, DropIndex
from midflight.sql.objects import DropOther
from midflight.sql.types import DropType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.sql.changes import Change


def check(sight: Sight) -> Iterator[Harm]:
    """See CASCADE on anything but tables, columns, views and schemas, whose own hazards tell of it."""
    dropped = next((text for change in sight.statement.changes if (text := _dropped(change, sight))), None)
    if dropped:
        yield Harm(_table(sight), _message(dropped), advice=_ADVICE)


def _dropped(change: Change, sight: Sight) -> str | None:
    match change:
        case DropType(type=name, cascade=True) if not sight.is_own_type(name):
            return f"the type {name}"
        case DropConstraint(table=table, name=name, cascade=True) if sight.concerns_live_table(table):
            return f"the constraint {name}"
        case DropIndex(index=name, cascade=True) if sight.concerns_live_index(name):
            return f"the index {name}"
        case DropOther(kind="OWNED"):
            return "all that a role owns"
        case DropOther(kind=kind, cascade=True):
            return f"a {kind.lower()}"
        case _:
            return None


def _table(sight: Sight) -> str:
    return next((str(drop.table) for drop in sight.changes(DropConstraint)), "")


def _message(dropped: str) -> str:
    return (
        f"This drops {dropped} and whatever hangs on it by the time it runs: columns with their values, views, foreign "
        "keys, triggers, defaults. None of that is named here, no downgrade brings it back, and code that uses it "
        "fails from the moment this commits."
    )


_ADVICE = (
    "Without CASCADE PostgreSQL refuses and lists all that would go. Drop each of those by name before, so that a "
    "reviewer sees it and each gets a verdict of its own."
)

_TYPE = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE days (id int PRIMARY KEY, mood mood);"

HAZARD = Hazard(
    id="drop-cascade",
    title="CASCADE drops what is named nowhere",
    severity=Severity.ERROR,
    effect="Columns, views, foreign keys and triggers go with the object, without being named.",
    safe_form="Drop without CASCADE, after each thing that hangs on the object was dropped by name.",
    source_url="https://www.postgresql.org/docs/current/ddl-depend.html",
    check=check,
    dangerous=(
        Example(setup=_TYPE, revision="DROP TYPE mood CASCADE;"),
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (user_id int REFERENCES users);",
            revision="ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE;",
        ),
        Example(
            setup="CREATE SEQUENCE numbers; CREATE TABLE users (id int DEFAULT nextval('numbers'));",
            revision="DROP SEQUENCE numbers CASCADE;",
        ),
    ),
    safe=(
        Example(setup=_TYPE, revision="CREATE TYPE size AS ENUM ('s', 'l'); DROP TYPE size CASCADE;"),
        Example(setup="CREATE SEQUENCE numbers;", revision="DROP SEQUENCE numbers;"),
    ),
)
