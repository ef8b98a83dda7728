"""CREATE TRIGGER waits for every writer of the table, and the next ones wait behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import execute
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.lock_queue import behind_it, giving_up_soon
from midflight.pg.locks import LockMode
from midflight.sql.changes import CreateTrigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a trigger on a live table, and no limit to the wait for its lock."""
    for trigger in sight.changes(CreateTrigger):
        if sight.concerns_live_table(trigger.table) and not sight.has_lock_timeout:
            message = f"CREATE TRIGGER {trigger.name} {behind_it(trigger.table, LockMode.SHARE_ROW_EXCLUSIVE)}"
            yield Harm(str(trigger.table), message, giving_up_soon(execute(sight.statement.text)))


_TABLE = (
    "CREATE TABLE orders (id int PRIMARY KEY, total int);"
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
)
_TRIGGER = "CREATE TRIGGER touched BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();"

HAZARD = Hazard(
    id="create-trigger-blocks",
    title="Creating a trigger makes writers queue up",
    severity=Severity.WARNING,
    effect="CREATE TRIGGER waits for SHARE ROW EXCLUSIVE; all writers of the table queue up behind it.",
    safe_form="With a short lock_timeout, and again if it fails.",
    source_url="https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES",
    check=check,
    dangerous=(Example(setup=_TABLE, revision=_TRIGGER),),
    safe=(
        Example(setup=_TABLE, revision="SET LOCAL lock_timeout = '1s';" + _TRIGGER),
        Example(
            setup=_TABLE,
            revision="CREATE TABLE bills (id int);"
            "CREATE TRIGGER touched BEFORE UPDATE ON bills FOR EACH ROW EXECUTE FUNCTION touch();",
        ),
    ),
)
