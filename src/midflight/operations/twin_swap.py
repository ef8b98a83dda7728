"""The statements by which copies take the places of what hung on the old columns: of the catalog alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.operations.twin import twins_of
from midflight.pg.identifiers import quote_identifier, quote_literal
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.operations.state import State
    from midflight.operations.twin import Columns, Twin


def swap_statements(columns: Columns, state: State) -> tuple[str, ...]:
    """Return the statements: the old ones go, the keys are made of their indexes, all get their names and comments.

    Raises:
        UnreadableDefinitionError: where a definition cannot be read.
    """
    twins = twins_of(columns, state)
    leaving = reversed(twins)  # foreign keys before the keys that they refer to
    return (
        *(_dropped(twin) for twin in leaving),
        *(statement for twin in twins for statement in _in_place(twin)),
        *_columns(columns, state),
    )


def _dropped(twin: Twin) -> str:
    match twin.kind:
        case "index":
            return f"DROP INDEX {Name(twin.table.schema, twin.old).sql}"
        case "statistics":
            return f"DROP STATISTICS {Name(twin.schema, twin.old).sql}"
        case _:
            return f"ALTER TABLE {twin.table.sql} DROP CONSTRAINT {quote_identifier(twin.old)}"


def _in_place(twin: Twin) -> Iterator[str]:
    table, built, final = twin.table, quote_identifier(twin.built), quote_identifier(twin.final)
    match twin.kind:
        case "primary key" | "unique":
            key = f"{twin.kind.upper()} USING INDEX {built}{twin.deferring}"
            yield f"ALTER TABLE {table.sql} ADD CONSTRAINT {final} {key}"
        case _ if twin.built == twin.final:
            pass
        case "index":
            yield f"ALTER INDEX {Name(table.schema, twin.built).sql} RENAME TO {final}"
        case "statistics":
            yield f"ALTER STATISTICS {Name(twin.schema, twin.built).sql} RENAME TO {final}"
        case _:
            yield f"ALTER TABLE {table.sql} RENAME CONSTRAINT {built} TO {final}"
    yield from _properties(twin)


def _properties(twin: Twin) -> Iterator[str]:
    table, name = twin.table.sql, quote_identifier(twin.final)
    if twin.comment is not None:
        match twin.kind:
            case "index":
                what = f"INDEX {Name(twin.table.schema, twin.final).sql}"
            case "statistics":
                what = f"STATISTICS {Name(twin.schema, twin.final).sql}"
            case _:
                what = f"CONSTRAINT {name} ON {table}"
        yield f"COMMENT ON {what} IS {quote_literal(twin.comment)}"
    if twin.clusters:
        yield f"ALTER TABLE {table} CLUSTER ON {name}"
    if twin.identifies:
        yield f"ALTER TABLE {table} REPLICA IDENTITY USING INDEX {name}"


def _columns(columns: Columns, state: State) -> Iterator[str]:
    """What a column has by itself: its comment, and what ANALYZE does with it."""
    for table, pairs in columns.items():
        for old, new in pairs.items():
            found, column = state.column(table, old), quote_identifier(new)
            if found is None:
                continue
            if found.comment is not None:
                yield f"COMMENT ON COLUMN {table.sql}.{column} IS {quote_literal(found.comment)}"
            if found.statistics is not None:
                yield f"ALTER TABLE {table.sql} ALTER COLUMN {column} SET STATISTICS {found.statistics}"
            if found.settings:
                yield f"ALTER TABLE {table.sql} ALTER COLUMN {column} SET ({', '.join(found.settings)})"
