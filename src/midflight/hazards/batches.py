"""Whether a data change touches a bounded number of rows, and how to write it in batches where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.alembic_code import escaped
from midflight.hazards.fix import Remark, execute, lines, lines_of_code
from midflight.pg.identifiers import quote_identifier
from midflight.sql.changes import CopyFrom, Delete, Insert, Merge, Update
from midflight.sql.narrow import narrowed

if TYPE_CHECKING:
    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix
    from midflight.sql.changes import Change
    from midflight.sql.names import Name

DATA_CHANGES = (Update, Delete, Insert, Merge, CopyFrom)
"""What changes rows."""

_BY_ITSELF: Fix = (
    Remark(
        "in a revision of its own; it can be run again after a failure if the change of a row can",
        "in a file of its own, outside of any transaction; run it again after a failure if the change of a row can be",
    ),
)

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
    if sight.is_in_ledger:
        return True
    if where is None or where.current_of:
        return where is not None
    if _ALWAYS_UNIQUE in where.bound:
        return True
    keys = sight.table(change.table).unique_keys
    if keys is None:
        return bool(where.limited or (where.pinned | where.ranged) & _likely_keys(change.table.name))
    return any(key <= where.bound for key in keys)


def in_batches(change: Update | Delete, sight: Sight) -> Fix:
    """Write the change as code that commits after each thousand rows."""
    return _loop(change.table, sight.statement.text, sight)


def delete_in_batches(table: Name, sight: Sight) -> Fix:
    """Write the removal of all rows of a table as code that commits after each thousand."""
    return _loop(table, f"DELETE FROM {table.sql}", sight)  # noqa: S608 -- quoted; and for a person


def _loop(table: Name, text: str, sight: Sight) -> Fix:
    key = _key(table, sight)
    select = f"SELECT {quote_identifier(key)} FROM {table.sql} ORDER BY 1"  # noqa: S608 -- quoted; and for a person
    statement = narrowed(text, key)
    if statement is None:
        return lines("write it so that each transaction touches at most a thousand rows, found by their key")
    code = lines_of_code(
        "with op.get_context().autocommit_block():",
        "    connection = op.get_bind()",
        f"    keys = connection.execute(sa.text({escaped(select)})).scalars().all()",
        f"    statement = sa.text({escaped(statement, 'batch')})",
        "    for start in range(0, len(keys), 1000):",
        '        connection.execute(statement, {"batch": keys[start : start + 1000]})',
    )
    return lines(_BY_ITSELF, execute(_block(table, key, statement), alembic=code))


def _block(table: Name, key: str, statement: str) -> str:
    """The same as one statement of SQL, which commits on its way."""
    quoted = quote_identifier(key)
    numbered = f"SELECT {quoted} AS key, (row_number() OVER (ORDER BY {quoted}) - 1) / 1000 AS number FROM {table.sql}"  # noqa: S608 -- quoted; and for a person
    return lines_of_code(
        "DO $batches$",
        "DECLARE",
        "    midflight_batch record;",
        "BEGIN",
        "    FOR midflight_batch IN",
        f"        SELECT array_agg(key) AS keys FROM ({numbered}) AS numbered",  # noqa: S608 -- quoted; and for a person
        "        GROUP BY number ORDER BY number",
        "    LOOP",
        f"        {statement.replace(':batch', 'midflight_batch.keys')};",
        "        COMMIT;",
        "    END LOOP;",
        "END $batches$",
    )


def _likely_keys(table: str) -> frozenset[str]:
    """Where nothing is known of a table: how its primary key is mostly called."""
    return _LIKELY_KEYS | {f"{table}_id", f"{table.removesuffix('s')}_id"}


def _key(table: Name, sight: Sight) -> str:
    keys = sight.table(table).unique_keys or ()
    single = sorted(column for key in keys if len(key) == 1 for column in key)
    return "id" if "id" in single or not single else single[0]
