"""A constraint of a domain is proven by reading every table that uses it, with writers kept out of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.types import ConstrainDomain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a demand on a domain of live tables that their rows must meet at once."""
    for change in sight.changes(ConstrainDomain):
        if not change.not_valid and not sight.is_own_type(change.domain):
            read = sight.scanned_while_writers_wait
            if read or not sight.observed:
                yield Harm(read[0] if read else "", _message(change, read), advice=_ADVICE)


def _message(change: ConstrainDomain, read: tuple[str, ...]) -> str:
    tables = f"every table that has a column of the domain {change.domain}"
    seen = f" (on the shadow: {', '.join(read)})" if read else ""
    return (
        f"ALTER DOMAIN ... {change.form.upper()} reads every row of {tables}{seen}, with each of them locked (SHARE) "
        "until the transaction ends: every INSERT, UPDATE and DELETE on any of them waits. The wait grows with the "
        "rows of all of them together."
    )


_ADVICE = (
    "ADD CONSTRAINT ... NOT VALID reads nothing, and holds for every new value; leave it at that, since VALIDATE takes "
    "the same locks. Where older rows must be proven, a CHECK of each table, NOT VALID and validated later, does it "
    "without keeping writers out."
)

_SETUP = "CREATE DOMAIN email AS text; CREATE TABLE users (id int PRIMARY KEY, mail email);"

HAZARD = Hazard(
    id="domain-constraint-validates",
    title="Constraining a domain reads every table that uses it under lock",
    severity=Severity.ERROR,
    effect="Each table with a column of the domain is read under SHARE: writes to all of them wait until all are read.",
    safe_form="ADD CONSTRAINT ... NOT VALID alone; a CHECK of each table, validated later, for the older rows.",
    source_url="https://www.postgresql.org/docs/current/sql-alterdomain.html",
    check=check,
    dangerous=(
        Example(setup=_SETUP, revision="ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%');"),
        Example(setup=_SETUP, revision="ALTER DOMAIN email SET NOT NULL;"),
        Example(
            setup=_SETUP + "ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%') NOT VALID;",
            revision="ALTER DOMAIN email VALIDATE CONSTRAINT has_at;",
        ),
    ),
    safe=(
        Example(setup=_SETUP, revision="ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%') NOT VALID;"),
        Example(
            setup="",
            revision="CREATE DOMAIN age AS int; ALTER DOMAIN age ADD CONSTRAINT positive CHECK (VALUE >= 0);",
        ),
    ),
)
