"""What holds a contract back: a statement that fails while the backfill of its change is not finished.

It stands among the steps, so that plain ``alembic upgrade`` and a script cannot contract too early either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.operations.sql_files import load_sql
from midflight.operations.step import Step
from midflight.pg.identifiers import quote_literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.operations.state import State

_WHAT = "it must be finished before what is old is dropped (midflight backfill run)"


def backfill_guard(name: str, *, done: Callable[[State], bool]) -> Step:
    """Fail unless a backfill is finished, which means that it was verified, too.

    Args:
        name: the backfill's; see ``change_name``.
        done: tells that the contract is done already.
    """
    sql = load_sql("backfill_guard").replace(":name", quote_literal(name)).replace(":what", quote_literal(_WHAT))
    return Step(says=f"is the backfill {name} finished?", sql=sql.strip(), done=done)
