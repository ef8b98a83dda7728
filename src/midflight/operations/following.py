"""Triggers by which columns follow others of their row, one way: nobody but the trigger writes to them.

Two BEFORE triggers on one function. Their names sort behind those of other triggers, whose changes they see. A row
that is not filled yet is filled by any UPDATE of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.operations.change_name import MAXIMUM_NAME_BYTES, fitting
from midflight.operations.distinct import distinct
from midflight.operations.same_type import normal_type
from midflight.operations.state import Column
from midflight.operations.step import Mode, Step, TableLock, apart
from midflight.pg.identifiers import quote_identifier, quote_literal
from midflight.pg.locks import LockMode
from midflight.sql.names import Name
from midflight.sql.row_variable import columns_in, with_row_variable

if TYPE_CHECKING:
    from midflight.operations.state import State

SCHEMA = "midflight"
_PREFIX = "zzz_midflight_"
_EVENTS = ("INSERT", "UPDATE")
_LONGEST_PART = "_follow_insert"


@dataclass(frozen=True, slots=True)
class Following:
    """Columns of a table that follow others."""

    name: str
    """Of the change: see ``change_name``."""
    table: Name
    assignments: tuple[tuple[str, str], ...]
    """Each column that follows, and its value as SQL over those that it follows."""

    @property
    def followed(self) -> tuple[str, ...]:
        """The columns that the values are made of."""
        return tuple(dict.fromkeys(name for _, expression in self.assignments for name in columns_in(expression)))

    @property
    def function(self) -> Name:
        """The function of its triggers."""
        return Name(SCHEMA, f"{fitting(self.name, MAXIMUM_NAME_BYTES - len('_follow'))}_follow")

    def trigger(self, event: str) -> str:
        """Name the trigger for INSERT or for UPDATE."""
        size = MAXIMUM_NAME_BYTES - len(_PREFIX) - len(_LONGEST_PART)
        return f"{_PREFIX}{fitting(self.name, size)}_follow_{event.lower()}"


def follow_steps(following: Following, state: State) -> tuple[Step, ...]:
    """Make the function and the triggers, each in a transaction of its own; that for INSERT comes first."""
    schema = Step(
        f"schema {SCHEMA}",
        f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
        lambda now: now.has_own_schema,
        Mode.APART,
    )
    function = Step(
        f"function {following.function}",
        _function(following),
        lambda now: following.function.name in now.own_functions and is_followed(following, now),
        Mode.APART,
    )
    return (schema, function, *(_created(following, event, state) for event in _EVENTS))


def unfollow_steps(following: Following) -> tuple[Step, ...]:
    """Drop the triggers, then the function, each in a transaction of its own."""
    triggers = tuple(_dropped(following, event) for event in _EVENTS)
    function = Step(
        f"drop function {following.function}",
        f"DROP FUNCTION IF EXISTS {following.function.sql}()",
        lambda now: following.function.name not in now.own_functions,
    )
    return apart((*triggers, function))


def unfollow_statements(following: Following) -> tuple[str, ...]:
    """Return the statements that drop all of it."""
    return (
        *(_drop(following, event) for event in _EVENTS),
        f"DROP FUNCTION IF EXISTS {following.function.sql}()",
    )


def is_followed(following: Following, state: State) -> bool:
    """Tell whether the triggers are there."""
    relation = state.relation(following.table)
    return relation is not None and all(following.trigger(event) in relation.triggers for event in _EVENTS)


def disagreement(following: Following, type_: str) -> str:
    """Tell, over the columns of the table, whether a row's columns are not what they shall be.

    Args:
        following: which columns follow which.
        type_: of all those that follow, as SQL.
    """
    plain = normal_type(type_)
    column = Column(plain, not_null=False, default=None)
    return " OR ".join(
        distinct(quote_identifier(name), f"CAST(({value}) AS {plain})", column) for name, value in following.assignments
    )


def _created(following: Following, event: str, state: State) -> Step:
    name = following.trigger(event)
    when = f"WHEN ({_is_to_follow(following, state)}) " if event == "UPDATE" else ""
    return Step(
        f"trigger {name} on {following.table}",
        f"CREATE TRIGGER {quote_identifier(name)} BEFORE {event} ON {following.table.sql} FOR EACH ROW {when}"
        f"EXECUTE FUNCTION {following.function.sql}()",
        lambda now: _has_trigger(following, name, now),
        Mode.APART,
        (TableLock(following.table, LockMode.SHARE_ROW_EXCLUSIVE),),
    )


def _is_to_follow(following: Following, state: State) -> str:
    """As the condition of a trigger on UPDATE."""
    changed = [
        distinct(f"new.{quoted}", f"old.{quoted}", state.column(following.table, column))
        for column in following.followed
        for quoted in [quote_identifier(column)]
    ]
    empty = [
        f"new.{quote_identifier(column)} IS NULL AND new.{quote_identifier(of)} IS NOT NULL"
        for column, expression in following.assignments
        for of in columns_in(expression)
    ]
    return " OR ".join((*changed, *empty))


def _dropped(following: Following, event: str) -> Step:
    name = following.trigger(event)
    return Step(
        f"drop trigger {name} of {following.table}",
        _drop(following, event),
        lambda now: not _has_trigger(following, name, now),
        locks=(TableLock(following.table),),
    )


def _drop(following: Following, event: str) -> str:
    return f"DROP TRIGGER {quote_identifier(following.trigger(event))} ON {following.table.sql}"


def _has_trigger(following: Following, name: str, state: State) -> bool:
    relation = state.relation(following.table)
    return relation is not None and name in relation.triggers


def _function(following: Following) -> str:
    """Functions and operators mean what they mean to the revision; columns alone need none, and setting it costs."""
    lines = [
        f"new.{quote_identifier(column)} := {with_row_variable(expression, following.followed)};"
        for column, expression in following.assignments
    ]
    plain = all(expression in map(quote_identifier, following.followed) for _, expression in following.assignments)
    path = "" if plain else " SET search_path FROM CURRENT"
    body = "\n".join(["", "BEGIN", *lines, "RETURN new;", "END"])
    head = f"CREATE OR REPLACE FUNCTION {following.function.sql}() RETURNS trigger LANGUAGE plpgsql{path}"
    return f"{head} AS {quote_literal(body)}"
