"""An operation as a script (``--sql``): its steps with their transactions and time limits, for psql and for review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.operations.state import State
from midflight.operations.step import Mode, Work
from midflight.runner.limits import Limits

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

    from midflight.operations.operation import Operation
    from midflight.operations.step import Step

ASSUMED_MAJOR = 17
"""The steps of the oldest server that matters differ from those of 18 on; these run on both."""
LOCK_TIMEOUT_MS = 100
"""How long the script stands in a lock queue. psql cannot poll: a script that fails there is run again."""


def write_script(context: MigrationContext, operation: Operation) -> None:
    """Write an operation's steps."""
    for step in operation.steps(State(ASSUMED_MAJOR, known=False)):
        _write(context, step)


def _write(context: MigrationContext, step: Step) -> None:
    if step.mode is Mode.TOGETHER and step.batches is None:
        _send(context, step)
        return
    with context.autocommit_block():  # writes COMMIT before, and BEGIN after
        if step.mode is Mode.OUTSIDE:
            context.impl.static_output(f"-- {step.says}")
            _set(context, "SET", 0, _budget(step))
            context.impl.static_output(f"{step.sql};")
            _set(context, "SET", None, None)
        else:
            context.impl.static_output("BEGIN;")
            _send(context, step)
            context.impl.static_output("COMMIT;")


def _send(context: MigrationContext, step: Step) -> None:
    impl = context.impl
    impl.static_output(f"-- {step.says}")
    long = step.work in {Work.LONG, Work.ROWS}
    _set(context, "SET LOCAL", 0 if long else LOCK_TIMEOUT_MS, _budget(step))
    for lock in step.locks:
        only = "ONLY " if lock.only else ""
        impl.static_output(f"LOCK TABLE {only}{lock.table.sql} IN {lock.mode.label} MODE;")
    sql = step.sql
    if step.batches is not None:  # a script has no loop: all at once, which locks each row until the end
        sql = sql.replace(":first", "'(0,0)'").replace(":last", "'(4294967295,0)'")
    impl.static_output(f"{sql};")


def _set(context: MigrationContext, how: str, lock_timeout: int | None, statement_timeout: int | None) -> None:
    for name, value in (("lock_timeout", lock_timeout), ("statement_timeout", statement_timeout)):
        context.impl.static_output(f"RESET {name};" if value is None else f"{how} {name} = {value};")


def _budget(step: Step) -> int:
    limits = Limits()
    return int((limits.quick if step.work is Work.QUICK else limits.long) * 1000)
