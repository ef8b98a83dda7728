"""The SQL of one batch: read some keys in the order of the index, change their rows, and note how far it came.

The rows and the position change in one statement, so that one never does without the other. The range is locked first:
who has lost it changes nothing. Rows are found by the bounds of their keys, not by where they lie: one that somebody
has just written is met in its new shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.backfill.keys import row
from midflight.backfill.sql_files import load_sql
from midflight.operations.backfill import assigned, in_brackets
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.backfill.job import Job, Range
    from midflight.backfill.keys import Key
    from midflight.sql.names import Name

HOLD, ADVANCE = load_sql("hold"), load_sql("advance")
_STILL = "SELECT EXISTS (SELECT FROM ONLY {table} WHERE {begins} AND {columns} <= {up_to} AND {selects} AND {wrong})"
_ONE_ROW = """\
SELECT {plain_columns} FROM ONLY {table} WHERE {columns} = {one} AND {selects} FOR NO KEY UPDATE"""


def change_sql(job: Job, part: Range, key: Key) -> str:
    """Write a batch that changes rows."""
    return (load_sql("lease") + load_sql("change")).format(
        state="open",
        assignments=assigned(job.assignments),
        **_selecting(job, part.table),
        **_bounds(part, key, "$4", "$5"),
    )


def verify_sql(job: Job, part: Range, key: Key) -> str:
    """Write a batch that looks for rows that are wrong."""
    if key.is_place:
        return load_sql("verify_whole").format(**_selecting(job, part.table))
    parts = {**_selecting(job, part.table), **_bounds(part, key, "$4", "$5")}
    parts["named_columns"] += f", {parts['wrong']} IS TRUE AS midflight_is_wrong"
    return (load_sql("lease") + load_sql("verify")).format(state="done", **parts)


def bound_sql(part: Range, key: Key) -> str:
    """Write the query for the last key of a batch: $1 the key behind which it begins, $2 the range's last, $3 rows."""
    return load_sql("bound").format(table=part.table.sql, **_bounds(part, key, "$1", "$2"))


def rows_sql(job: Job, part: Range, key: Key) -> str:
    """Write the query for the keys of the rows to change, which locks them: $1 behind which key, $2 the last one."""
    return load_sql("rows").format(
        plain_columns=", ".join(key.sql), **_selecting(job, part.table), **_between(part, key)
    )


def still_sql(job: Job, part: Range, key: Key) -> str:
    """Write the question whether one of these rows is wrong; parameters as of ``rows_sql``."""
    return _STILL.format(**_selecting(job, part.table), **_between(part, key))


def one_sql(job: Job, table: Name, key: Key) -> str:
    """Write the change of a single row: $1 its key. It returns 1 where the row is wrong after it."""
    return load_sql("one").format(assignments=assigned(job.assignments), **_single(job, table, key))


def one_row_sql(job: Job, table: Name, key: Key) -> str:
    """Write the query for a single row, which locks it: $1 its key."""
    return _ONE_ROW.format(plain_columns=", ".join(key.sql), **_single(job, table, key))


def _single(job: Job, table: Name, key: Key) -> dict[str, str]:
    return {"columns": row(key.sql), "one": key.given("$1::text[]"), **_selecting(job, table)}


def _between(part: Range, key: Key) -> dict[str, str]:
    return {**_bounds(part, key, "$1", "$2"), "up_to": key.given("$2::text[]")}


def _selecting(job: Job, table: Name) -> dict[str, str]:
    """Write the table under the name of the whole of which it may be a part: expressions may name it."""
    return {
        "table": f"{table.sql} AS {quote_identifier(job.table.name)}",
        "selects": in_brackets(job.selects, "true"),
        "wrong": in_brackets(job.wrong, "false"),
    }


def _bounds(part: Range, key: Key, begins: str, ends: str) -> dict[str, str]:
    """Write the bounds of a batch; each parameter has its type also where it bounds nothing."""
    columns, names = row(key.sql), [f"midflight_key_{place}" for place in range(1, len(key.columns) + 1)]
    behind = f"{columns} > {key.given(f'{begins}::text[]')}"
    not_behind = f"{columns} <= {key.given(f'{ends}::text[]')}"
    return {
        "columns": columns,
        "named_columns": ", ".join(f"{column} AS {name}" for column, name in zip(key.sql, names, strict=True)),
        "begins": behind if part.begins is not None else f"{begins}::text[] IS NULL",
        "ends": not_behind if part.up_to is not None else f"{ends}::text[] IS NULL",
        "order": "" if key.is_place else f" ORDER BY {', '.join(key.sql)}",
        "descending": ", ".join(f"{name} DESC" for name in names),
        "last": row(f"(SELECT {name} FROM midflight_last)" for name in names),  # noqa: S608 - names of our own
        "last_as_text": f"ARRAY[{', '.join(f'CAST({name} AS text)' for name in names)}]",
    }
