"""Triggers that keep columns of one table in step, both ways, while old and new code write side by side.

Four BEFORE triggers on two functions. What is written to a new column wins, and the old columns follow; else the new
columns follow the old ones. A row is changed before it is stored, once: no second UPDATE, so nothing can loop. Their
names sort ``back`` before ``forward``, and both behind those of other triggers, whose changes they see; and what
``back`` has done keeps ``forward`` from running on the same row, so that no value is turned forth and back.
https://www.postgresql.org/docs/current/trigger-definition.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.operations.change_name import MAXIMUM_NAME_BYTES, fitting
from midflight.operations.operation import OperationRefusedError
from midflight.operations.step import Mode, Step, TableLock
from midflight.operations.sync_functions import back_function, forward_function
from midflight.operations.sync_rows import new_is_absent, new_is_changed, new_is_given, old_is_changed
from midflight.pg.identifiers import quote_identifier
from midflight.pg.locks import LockMode
from midflight.sql.names import Name
from midflight.sql.row_variable import columns_in

if TYPE_CHECKING:
    from midflight.operations.state import State

SCHEMA = "midflight"
_PREFIX = "zzz_midflight_"
_LONGEST_PART = "_forward_insert"
_WAYS = ("back", "forward")
_PARTS = ("back_insert", "back_update", "forward_insert", "forward_update")


@dataclass(frozen=True, slots=True)
class Sync:
    """Old and new columns of a table that tell the same."""

    name: str
    """Of the change: see ``change_name``."""
    table: Name
    forward: tuple[tuple[str, str], ...]
    """Each new column, and its value as SQL over the old ones."""
    back: tuple[tuple[str, str], ...]
    """Each old column, and its value as SQL over the new ones."""

    @property
    def new(self) -> tuple[str, ...]:
        """The new columns."""
        return tuple(column for column, _ in self.forward)

    @property
    def old(self) -> tuple[str, ...]:
        """The old columns."""
        return tuple(column for column, _ in self.back)


def create_steps(sync: Sync, state: State) -> tuple[Step, ...]:
    """Make the functions, then the triggers, each under a lock of its own; the columns may be still to come.

    Raises:
        OperationRefusedError: where a column is generated, or an expression reads others than those of the other side.
        SqlSyntaxError: where an expression is none.
    """
    _must_be_possible(sync, state)
    schema = Step(
        says=f"schema {SCHEMA}", sql=f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}", done=lambda now: now.has_own_schema
    )
    back = _function(sync, "back", back_function(sync))
    forward = _function(sync, "forward", forward_function(sync))
    return (schema, back, forward, *_triggers(sync, state))


def drop_steps(sync: Sync, state: State) -> tuple[Step, ...]:  # noqa: ARG001 - always the same
    """Drop the triggers, each under a lock of its own, then the functions."""
    functions = Step(
        says=f"drop the functions of {sync.name}",
        sql=_drop_functions(sync),
        done=lambda now: now.own_functions.isdisjoint(_function_name(sync, way).name for way in _WAYS),
    )
    return (*(_dropped(sync, _trigger_name(sync, part)) for part in _PARTS), functions)


def drop_statements(sync: Sync) -> tuple[str, ...]:
    """Return what drops them all, for a block with more in it."""
    triggers = (_drop_trigger(sync, _trigger_name(sync, part)) for part in _PARTS)
    return (*triggers, _drop_functions(sync))


def has_triggers(sync: Sync, state: State) -> bool:
    """Tell whether all of its triggers are there."""
    relation = state.relation(sync.table)
    return relation is not None and all(_trigger_name(sync, part) in relation.triggers for part in _PARTS)


def _triggers(sync: Sync, state: State) -> tuple[Step, ...]:
    conditions = (
        new_is_given(sync, state),
        new_is_changed(sync, state),
        new_is_absent(sync),
        old_is_changed(sync, state),
    )
    return tuple(_trigger(sync, part, condition) for part, condition in zip(_PARTS, conditions, strict=True))


def _trigger(sync: Sync, part: str, condition: str) -> Step:
    name, (way, event) = _trigger_name(sync, part), part.split("_")
    return Step(
        says=f"trigger {name} on {sync.table}",
        sql=f"CREATE TRIGGER {quote_identifier(name)} BEFORE {event.upper()} ON {sync.table.sql} FOR EACH ROW "
        f"WHEN ({condition}) EXECUTE FUNCTION {_function_name(sync, way).sql}()",
        done=lambda now: _has_trigger(sync, name, now),
        mode=Mode.APART,
        locks=(TableLock(sync.table, LockMode.SHARE_ROW_EXCLUSIVE),),
    )


def _function(sync: Sync, way: str, definition: str) -> Step:
    """It stands where its trigger does; else it may be what an earlier change has left."""
    name = _function_name(sync, way)
    return Step(
        says=f"function {name}",
        sql=f"CREATE OR REPLACE FUNCTION {name.sql}() RETURNS trigger {definition}",
        done=lambda now: (
            name.name in now.own_functions and _has_trigger(sync, _trigger_name(sync, f"{way}_update"), now)
        ),
    )


def _dropped(sync: Sync, name: str) -> Step:
    return Step(
        says=f"drop trigger {name} of {sync.table}",
        sql=_drop_trigger(sync, name),
        done=lambda now: not _has_trigger(sync, name, now),
        mode=Mode.APART,
        locks=(TableLock(sync.table),),
    )


def _drop_trigger(sync: Sync, name: str) -> str:
    return f"DROP TRIGGER IF EXISTS {quote_identifier(name)} ON {sync.table.sql}"


def _drop_functions(sync: Sync) -> str:
    functions = ", ".join(f"{_function_name(sync, way).sql}()" for way in _WAYS)
    return f"DROP FUNCTION IF EXISTS {functions}"


def _has_trigger(sync: Sync, name: str, state: State) -> bool:
    relation = state.relation(sync.table)
    return relation is not None and name in relation.triggers


def _function_name(sync: Sync, way: str) -> Name:
    return Name(SCHEMA, f"{fitting(sync.name, MAXIMUM_NAME_BYTES - len(way) - 1)}_{way}")


def _trigger_name(sync: Sync, part: str) -> str:
    size = MAXIMUM_NAME_BYTES - len(_PREFIX) - len(_LONGEST_PART)
    return f"{_PREFIX}{fitting(sync.name, size)}_{part}"


def _must_be_possible(sync: Sync, state: State) -> None:
    for column in (*sync.old, *sync.new):
        found = state.column(sync.table, column)
        if found is not None and found.generated:
            raise OperationRefusedError(
                f"{sync.table}.{column} is a generated column: nobody can write it, so nothing keeps it in step",
                hint="add a generated column of the new name beside it, and drop this one later",
            )
    _must_read_only(sync.forward, sync.old)
    _must_read_only(sync.back, sync.new)


def _must_read_only(assignments: tuple[tuple[str, str], ...], columns: tuple[str, ...]) -> None:
    for column, expression in assignments:
        for name in columns_in(expression):
            if name not in columns:
                raise OperationRefusedError(
                    f"{column}: {expression} reads {name}, and only {', '.join(columns)} can be followed",
                    hint="a change of any other column would not be noticed",
                )
