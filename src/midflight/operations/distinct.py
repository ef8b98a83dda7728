"""Whether two values of a type differ, NULL being a value of its own: in every digit and letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.sql.type_changes import name_of

if TYPE_CHECKING:
    from midflight.operations.state import Column

_EQUAL_IS_IDENTICAL = frozenset(
    {
        *("smallint", "integer", "bigint", "boolean", "uuid", "bytea", "oid"),
        *("real", "double precision", "jsonb", "text", "character varying", "character"),
        *("date", "time without time zone", "timestamp without time zone", "timestamp with time zone"),
    }
)
"""Types whose ``=`` tells all that a reader could notice. The rest have none (json, xml), or one that takes what reads
differently for the same (citext, interval, box, numeric without a scale): those are compared as text."""


def distinct(left: str, right: str, column: Column | None) -> str:
    """Return a condition: two expressions differ.

    Args:
        left: SQL.
        right: SQL.
        column: of whose type both are; None where nobody knows, as in a script.
    """
    if column is None or _has_exact_equality(column):
        return f"{left} IS DISTINCT FROM {right}"
    return f"{_as_text(left)} IS DISTINCT FROM {_as_text(right)}"


def _has_exact_equality(column: Column) -> bool:
    """A collation of the column's own may take different letters for the same."""
    is_scaled = column.type.startswith("numeric(")
    return column.collation is None and (is_scaled or name_of(column.type) in _EQUAL_IS_IDENTICAL)


def _as_text(value: str) -> str:
    return f'CAST({value} AS text) COLLATE "C"'
