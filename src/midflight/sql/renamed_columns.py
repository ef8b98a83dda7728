"""Definitions of indexes and constraints, and expressions, written anew for columns of other names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.errors import MidflightError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from midflight.sql.names import Name


class UnreadableDefinitionError(MidflightError):
    """The grammar does not know a definition, such as one of a newer PostgreSQL."""


def index_over(shape: str, columns: Mapping[str, str]) -> str:
    """Return what follows the table in CREATE INDEX, with other columns in the place of those that are given.

    Args:
        shape: the definition from ``USING`` on, as ``pg_get_indexdef`` writes it.
        columns: the new name of each.

    Raises:
        UnreadableDefinitionError: where it cannot be read.
    """
    from midflight.sql.grammar import renamed_columns  # noqa: PLC0415 -- the grammar is loaded by its first use

    return renamed_columns.index(shape, columns)


def constraint_over(
    definition: str,
    columns: Mapping[str, str],
    target: Name | None = None,
    target_columns: Mapping[str, str] | None = None,
) -> str:
    """Return what follows the name in ADD CONSTRAINT, with other columns; without NOT VALID.

    Args:
        definition: as ``pg_get_constraintdef`` writes it.
        columns: the new name of each column of the table.
        target: the table to which a foreign key refers, with its schema.
        target_columns: the new name of each column of that table.

    Raises:
        UnreadableDefinitionError: where it cannot be read.
    """
    from midflight.sql.grammar import renamed_columns  # noqa: PLC0415 -- the grammar is loaded by its first use

    return renamed_columns.constraint(definition, columns, target, target_columns or {})


def statistics_over(definition: str, columns: Mapping[str, str], name: Name) -> str:
    """Return a CREATE STATISTICS with another name and over other columns.

    Args:
        definition: as ``pg_get_statisticsobjdef`` writes it.
        columns: the new name of each.
        name: of the new one.

    Raises:
        UnreadableDefinitionError: where it cannot be read.
    """
    from midflight.sql.grammar import renamed_columns  # noqa: PLC0415 -- the grammar is loaded by its first use

    return renamed_columns.statistics(definition, columns, name)


def expression_over(text: str, columns: Mapping[str, str]) -> str:
    """Return an expression with other columns in the place of those that are given.

    Raises:
        UnreadableDefinitionError: where it cannot be read.
    """
    from midflight.sql.grammar import renamed_columns  # noqa: PLC0415 -- the grammar is loaded by its first use

    return renamed_columns.expression(text, columns)
