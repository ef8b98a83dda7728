"""Triggers that keep a column in step with the one of the same meaning in another table, both ways.

A value that is there already is never written once more, so a change goes over once and does not come back; where the
users' own triggers change it each time, the depth ends it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.operations.change_name import MAXIMUM_NAME_BYTES, fitting
from midflight.operations.column_move_functions import KINDS, called, definition
from midflight.operations.step import Step, TableLock
from midflight.operations.sync_triggers import SCHEMA
from midflight.pg.identifiers import quote_identifier
from midflight.pg.locks import LockMode
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.operations.column_move import ColumnMove, End
    from midflight.operations.state import State

_PREFIX = "zzz_midflight_"
_LONGEST_PART = "_give_insert"
_DEEPEST = 16
"""How deep triggers may call each other."""


def create_steps(move: ColumnMove, state: State) -> tuple[Step, ...]:
    """Make the functions, and then the triggers, in the revision's transaction."""
    schema = Step(f"schema {SCHEMA}", f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}", lambda now: now.has_own_schema)
    return (schema, *_functions(move, state), *_triggers(move, state))


def drop_steps(move: ColumnMove) -> tuple[Step, ...]:
    """Drop the triggers, and then the functions, in the revision's transaction."""
    triggers = [(end, trigger_name(move, part)) for _, end, _ in _ends(move) for part in _PARTS]
    names = [function_name(move, side, kind) for side, _, _ in _ends(move) for kind in KINDS]
    functions = Step(
        says=f"drop the functions of {move.name}",
        sql=f"DROP FUNCTION IF EXISTS {', '.join(Name(SCHEMA, name).sql for name in names)}",
        done=lambda now: now.own_functions.isdisjoint(names),
    )
    return (*(_dropped(move, end, name) for end, name in triggers), functions)


def has_triggers(move: ColumnMove, state: State) -> bool:
    """Tell whether both tables have theirs."""
    return all(trigger_name(move, part) in _triggers_of(end, state) for _, end, _ in _ends(move) for part in _PARTS)


def partners_value(move: ColumnMove, *, of_target: bool) -> str:
    """Return the value that a row of one end shall have, as SQL over its columns; it locks the partner."""
    side, end = ("target", move.target) if of_target else ("source", move.source)
    return called(function_name(move, side, "found"), end)


def is_wrong(move: ColumnMove, *, of_target: bool) -> str:
    """Return the condition that a row of one end has another value than its partner; one without partner has not.

    Seen at two moments, since a statement sees rows as they were when it began: what others have written to both
    meanwhile is wrong only to who compares an old value with a new one.
    """
    side, end = ("target", move.target) if of_target else ("source", move.source)
    return " AND ".join(called(function_name(move, side, kind), end) for kind in ("wrong", "still_wrong"))


def function_name(move: ColumnMove, side: str, kind: str) -> str:
    """Return the name of a function of one side."""
    return f"{fitting(move.name, MAXIMUM_NAME_BYTES - len(side) - len(kind) - 2)}_{side}_{kind}"


def trigger_name(move: ColumnMove, part: str) -> str:
    """Return the name of a trigger; it sorts behind others, whose changes it sees."""
    return f"{_PREFIX}{fitting(move.name, MAXIMUM_NAME_BYTES - len(_PREFIX) - len(_LONGEST_PART))}_{part}"


_PARTS = {
    "take_insert": "BEFORE INSERT",
    "take_update": "BEFORE UPDATE",
    "give_insert": "AFTER INSERT",
    "give_update": "AFTER UPDATE",
}


def _ends(move: ColumnMove) -> tuple[tuple[str, End, End], ...]:
    return (("target", move.target, move.source), ("source", move.source, move.target))


def _functions(move: ColumnMove, state: State) -> Iterator[Step]:
    for side, own, other in _ends(move):
        for kind in KINDS:
            name = function_name(move, side, kind)
            yield Step(
                says=f"function {SCHEMA}.{name}",
                sql=definition(kind, name, own, other, state),
                done=lambda now, name=name: name in now.own_functions and has_triggers(move, now),  # type: ignore[misc]
            )


def _triggers(move: ColumnMove, state: State) -> Iterator[Step]:
    for side, own, _ in _ends(move):
        for part, condition in zip(_PARTS, _conditions(side, own, state), strict=True):
            yield _trigger(move, side, part, f"{condition} AND pg_trigger_depth() < {_DEEPEST}")


def _conditions(side: str, own: End, state: State) -> tuple[str, ...]:
    """When a row takes its partner's value on INSERT and UPDATE, and when it gives its own.

    A row of the new table that gets another partner takes that one's value, if it was given one: nothing is lost so,
    since its first partner has its own still. One of the old table gives it, and takes the partner's where it has none.
    """
    new, old = f"new.{quote_identifier(own.column)}", f"old.{quote_identifier(own.column)}"
    changed, elsewhere = own.differs(new, old, state), own.keys_differ(state)
    moved = f"NOT ({changed}) AND ({elsewhere})"
    takes = moved if side == "target" else f"{own.not_given(new, state)} AND {moved}"
    gives = f"(({changed}) OR ({new} IS NOT NULL AND ({elsewhere})))"
    return (own.not_given(new, state), takes, f"{new} IS NOT NULL", gives)


def _trigger(move: ColumnMove, side: str, part: str, condition: str) -> Step:
    name, end = trigger_name(move, part), move.target if side == "target" else move.source
    kind, _, _ = part.partition("_")
    function = Name(SCHEMA, function_name(move, side, kind))
    return Step(
        says=f"trigger {name} on {end.table}",
        sql=f"CREATE TRIGGER {quote_identifier(name)} {_PARTS[part]} ON {end.table.sql} FOR EACH ROW "
        f"WHEN ({condition}) EXECUTE FUNCTION {function.sql}()",
        done=lambda now: name in _triggers_of(end, now),
        locks=_both(move, LockMode.SHARE_ROW_EXCLUSIVE),
    )


def _dropped(move: ColumnMove, end: End, name: str) -> Step:
    return Step(
        says=f"drop trigger {name} of {end.table}",
        sql=f"DROP TRIGGER {quote_identifier(name)} ON {end.table.sql}",
        done=lambda now: name not in _triggers_of(end, now),
        locks=_both(move, LockMode.ACCESS_EXCLUSIVE),
    )


def _both(move: ColumnMove, mode: LockMode) -> tuple[TableLock, ...]:
    """Both tables are asked for at once: none is held while the other is waited for."""
    return (TableLock(move.source.table, mode), TableLock(move.target.table, mode))


def _triggers_of(end: End, state: State) -> frozenset[str]:
    found = state.relation(end.table)
    return frozenset(found.triggers) if found else frozenset()
