"""Whether a data change touches a bounded number of rows, and how to write it in batches where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.alembic_code import escaped, lines
from midflight.pg.identifiers import quote_identifier
from midflight.sql.changes import CopyFrom, Delete, Insert, Merge, Update
from midflight.sql.narrow import narrowed

if TYPE_CHECKING:
    from midflight.hazards.evidence import Sight
    from midflight.sql.changes import Change
    from midflight.sql.names import Name

DATA_CHANGES = (Update, Delete, Insert, Merge, CopyFrom)
"""What changes rows."""

_ALWAYS_UNIQUE = "ctid"
_LIKELY_KEYS = frozenset({"id", "uuid", "guid", "pk"})


def is_mass_change(change: Change, sight: Sight) -> bool:
    """Tell whether a change may touch as many rows of a live table as it has, or as a query returns."""
    match change:
        case Update() | Delete():
            return sight.concerns_live_table(change.table) and not is_bounded(change, sight)
        case Insert(from_query=from_query) | Merge(from_query=from_query):
            return from_query and sight.concerns_live_table(change.table)
        case CopyFrom():
            return sight.concerns_live_table(change.table)
        case _:
            return False


def is_bounded(change: Update | Delete, sight: Sight) -> bool:
    """Tell whether its condition binds a unique key, so that the rows are as few as the values given or the LIMIT."""
    where = change.where
    if where is None or where.current_of:
        return where is not None
    if _ALWAYS_UNIQUE in where.bound:
        return True
    keys = sight.table(change.table).unique_keys
    if keys is None:
        return bool(where.limited or (where.pinned | where.ranged) & _likely_keys(change.table.name))
    return any(key <= where.bound for key in keys)


def in_batches(change: Update | Delete, sight: Sight) -> str:
    """Write the change as code that commits after each thousand rows."""
    return _loop(change.table, sight.statement.text, sight)


def delete_in_batches(table: Name, sight: Sight) -> str:
    """Write the removal of all rows of a table as code that commits after each thousand."""
    return _loop(table, f"DELETE FROM {table.sql}", sight)  # noqa: S608 -- quoted; and for a person


def _loop(table: Name, text: str, sight: Sight) -> str:
    key = _key(table, sight)
    select = f"SELECT {quote_identifier(key)} FROM {table.sql} ORDER BY 1"  # noqa: S608 -- quoted; and for a person
    statement = narrowed(text, key)
    if statement is None:
        return "# write it so that each transaction touches at most a thousand rows, found by their key"
    return lines(
        "# in a revision of its own; it can be run again after a failure if the change of a row can",
        "with op.get_context().autocommit_block():",
        "    connection = op.get_bind()",
        f"    keys = connection.execute(sa.text({escaped(select)})).scalars().all()",
        f"    statement = sa.text({escaped(statement, 'batch')})",
        "    for start in range(0, len(keys), 1000):",
        '        connection.execute(statement, {"batch": keys[start : start + 1000]})',
    )


def _likely_keys(table: str) -> frozenset[str]:
    """Where nothing is known of a table: how its primary key is mostly called."""
    return _LIKELY_KEYS | {f"{table}_id", f"{table.removesuffix('s')}_id"}


def _key(table: Name, sight: Sight) -> str:
    keys = sight.table(table).unique_keys or ()
    single = sorted(column for key in keys if len(key) == 1 for column in key)
    return "id" if "id" in single or not single else single[0]
