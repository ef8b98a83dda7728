"""New columns for which PostgreSQL writes each row anew, and how to add them without that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import NEXT, add_plain_column, alter_table, execute, lines
from midflight.pg.identifiers import quote_identifier, quote_literal
from midflight.sql.changes import AddColumn
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def rewriting_columns(sight: Sight) -> Iterator[AddColumn]:
    """The new columns of live tables that may be why the table is written anew; where it is seen not to be, none."""
    for added in sight.changes(AddColumn):
        rewrites = sight.rewrote(added.table) if sight.observed else True
        if rewrites and sight.concerns_live_table(added.table):
            yield added


def rewrite_message(added: AddColumn, reason: str) -> str:
    """Say what a new column does to its table, and why."""
    return (
        f"The new column {added.column.name} {reason}, so each row needs a value of its own: {added.table} is written "
        "anew, with its indexes, under an ACCESS EXCLUSIVE lock. Until that is done and the transaction ends, every "
        f"query on {added.table} waits, reads too. The wait grows with the table's rows."
    )


def default_then_fill(added: AddColumn, default: str) -> Fix:
    """Write the column without a default, then its default, which holds for new rows alone."""
    return lines(
        add_plain_column(added.table, added.column),
        alter_table(added.table, f"ALTER COLUMN {quote_identifier(added.column.name)} SET DEFAULT {default}"),
        NEXT,
        "fill the older rows in batches, and then make it NOT NULL as set-not-null-scans tells",
    )


def sequence_then_fill(added: AddColumn) -> Fix:
    """Write the column with a sequence behind it, which is what a serial or identity column consists of."""
    sequence = Name(added.table.schema, f"{added.table.name}_{added.column.name}_seq").sql
    return lines(
        execute(f"CREATE SEQUENCE {sequence}"),
        default_then_fill(added, f"nextval({quote_literal(sequence)})"),
    )
