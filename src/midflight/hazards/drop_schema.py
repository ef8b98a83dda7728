"""DROP SCHEMA ... CASCADE drops all that is in it, named nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.objects import CreateSchema, DropSchema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a live schema that is dropped with its contents; without CASCADE PostgreSQL refuses where there are any."""
    for drop in sight.changes(DropSchema):
        if drop.cascade and not _is_own(drop, sight):
            yield Harm("", _message(drop), advice=_advice(drop))


def _is_own(drop: DropSchema, sight: Sight) -> bool:
    created = (change for earlier in sight.earlier_with(CreateSchema) for change in earlier.changes(CreateSchema))
    return any(change.name == drop.name for change in created)


def _message(drop: DropSchema) -> str:
    return (
        f"DROP SCHEMA {drop.name} CASCADE drops every table, view, type and function in it, whatever they are by the "
        "time it runs, and what hangs on them in other schemas: columns, foreign keys, views. All their rows are gone, "
        "and no downgrade brings them back. Each table is locked (ACCESS EXCLUSIVE) until the transaction ends."
    )


def _advice(drop: DropSchema) -> str:
    return (
        f"In a release before this one the code stops using {drop.name}. Then drop each object by name, each "
        "by itself, and at last the schema without CASCADE: PostgreSQL refuses if anything was forgotten."
    )


_SCHEMA = "CREATE SCHEMA legacy; CREATE TABLE legacy.users (id int PRIMARY KEY); CREATE SCHEMA unused;"

HAZARD = Hazard(
    id="drop-schema",
    title="Dropping a schema with all that is in it",
    severity=Severity.ERROR,
    effect="Every object of the schema goes, and what hangs on it elsewhere, without being named.",
    safe_form="Drop each object by name, and at last the schema without CASCADE.",
    source_url="https://www.postgresql.org/docs/current/sql-dropschema.html",
    check=check,
    dangerous=(Example(setup=_SCHEMA, revision="DROP SCHEMA legacy CASCADE;"),),
    safe=(
        Example(setup=_SCHEMA, revision="DROP SCHEMA unused;"),
        Example(setup="", revision="CREATE SCHEMA scratch; DROP SCHEMA scratch CASCADE;"),
    ),
)
