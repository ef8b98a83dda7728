"""The functions by which a row takes a value from its partner in the other table, or gives it one.

Those of triggers run with the rights of who has made them: who may write one table need not be allowed to write the
other. Each locks the partner before it reads it, so that none takes what another is just about to change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.operations.sync_triggers import SCHEMA
from midflight.pg.identifiers import quote_identifier, quote_literal
from midflight.sql.names import Name

if TYPE_CHECKING:
    from midflight.operations.column_move import End
    from midflight.operations.state import State

_TAKE = """
DECLARE
    theirs {other}.{other_column}%TYPE;
BEGIN
    SELECT partner.{other_column} INTO theirs FROM {other} AS partner WHERE {partner} FOR NO KEY UPDATE;
    IF theirs IS NOT NULL AND (new.{column} IS NULL OR NOT ({theirs_not_given})) THEN
        new.{column} := theirs;
    END IF;
    RETURN new;
END"""
_GIVE = """
BEGIN
    UPDATE {other} AS partner SET {other_column} = new.{column} WHERE {partner} AND {differs};
    RETURN NULL;
END"""
_FOUND = """
DECLARE
    theirs {other}.{other_column}%TYPE;
BEGIN
    SELECT partner.{other_column} INTO theirs FROM {other} AS partner WHERE {partner} FOR NO KEY UPDATE;
    IF FOUND THEN
        RETURN theirs;
    END IF;
    RETURN {value};
END"""
_WRONG = """
BEGIN
    RETURN EXISTS (SELECT FROM {other} AS partner WHERE {partner} AND {differs});
END"""
_IN_TRIGGERS = {"take": _TAKE, "give": _GIVE}
_IN_BACKFILLS = {"found": _FOUND, "wrong": _WRONG, "still_wrong": _WRONG}
KINDS = (*_IN_TRIGGERS, *_IN_BACKFILLS)


def definition(kind: str, name: str, own: End, other: End, state: State) -> str:
    """Return the statement that makes a function for the rows of one end.

    Args:
        kind: one of ``KINDS``: ``take`` and ``give`` are those of triggers; ``found`` returns the partner's value, or
            the row's own where there is no partner; ``wrong`` tells whether the partner has another one as the
            statement sees both, and ``still_wrong`` whether it has by now.
        name: the function's.
        own: the end.
        other: the other one.
        state: what there is.
    """
    in_trigger = kind in _IN_TRIGGERS
    values = [f"new.{quote_identifier(column)}" for column in (*own.keys, own.column)]
    given = values if in_trigger else [f"${number}" for number in range(1, len(values) + 1)]
    body = (_IN_TRIGGERS | _IN_BACKFILLS)[kind].format(
        other=other.sql(state),
        other_column=quote_identifier(other.column),
        column=quote_identifier(own.column),
        value=given[-1],
        theirs_not_given=other.not_given("theirs", state),
        partner=" AND ".join(
            f"partner.{quote_identifier(theirs)} = {ours}" for theirs, ours in zip(other.keys, given, strict=False)
        ),
        differs=own.differs(f"partner.{quote_identifier(other.column)}", given[-1], state),
    )
    head = f"CREATE OR REPLACE FUNCTION {Name(SCHEMA, name).sql}"
    stable = "STABLE " if kind == "wrong" else ""
    rest = f"LANGUAGE plpgsql {stable}SET search_path FROM CURRENT AS {quote_literal(body)}"
    if in_trigger:
        return f"{head}() RETURNS trigger SECURITY DEFINER {rest}"
    types = [f"{own.sql(state)}.{quote_identifier(column)}%TYPE" for column in (*own.keys, own.column)]
    return f"{head}({', '.join(types)}) RETURNS {types[-1] if kind == 'found' else 'boolean'} {rest}"


def called(name: str, own: End) -> str:
    """Return the call of a function of a backfill, over the columns of a row."""
    columns = ", ".join(quote_identifier(column) for column in (*own.keys, own.column))
    return f"{Name(SCHEMA, name).sql}({columns})"
