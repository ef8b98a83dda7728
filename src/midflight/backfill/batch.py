"""The SQL of one batch: read some keys in the order of the index, change their rows, and note how far it came.

The rows and the position change in one statement, so that one never does without the other. The range is locked first:
who has lost it changes nothing. Rows are found by the bounds of their keys, not by where they lie: one that somebody
has just written is met in its new shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.backfill.keys import row
from midflight.operations.backfill import assigned, in_brackets

if TYPE_CHECKING:
    from midflight.backfill.job import Job, Range
    from midflight.backfill.keys import Key
    from midflight.sql.names import Name

# $1 the range, $2 the worker, $3 its position, $4 the key behind which it begins, $5 its last key, $6 rows, $7 the lease
_LEASE = """\
WITH midflight_lease AS MATERIALIZED (
    SELECT id FROM midflight.backfill_range
    WHERE id = $1 AND worker = $2 AND state = '{state}' AND position IS NOT DISTINCT FROM CAST($3 AS text[])
    FOR NO KEY UPDATE
), midflight_keys AS MATERIALIZED (
    SELECT {named_columns} FROM ONLY {table}
    WHERE EXISTS (SELECT FROM midflight_lease) AND {begins} AND {ends}{order} LIMIT $6
), midflight_last AS MATERIALIZED (
    SELECT * FROM midflight_keys ORDER BY {descending} LIMIT 1
)"""
_CHANGE = (
    _LEASE
    + """\
, midflight_changed AS (
    UPDATE ONLY {table} SET {assignments}
    WHERE {begins} AND {columns} <= {last} AND {selects}
    RETURNING {wrong} IS TRUE AS is_wrong
)
UPDATE midflight.backfill_range SET
    position = CASE WHEN batch.keys = $6 THEN batch.last END,
    state = CASE WHEN batch.keys = $6 THEN 'open' ELSE 'done' END,
    worker = CASE WHEN batch.keys = $6 THEN worker END,
    rows_read = rows_read + batch.keys,
    rows_changed = rows_changed + batch.changed,
    wrong_after_change = batch.is_wrong,
    leased_until = clock_timestamp() + $7
FROM (
    SELECT
        (SELECT count(*) FROM midflight_keys) AS keys,
        (SELECT count(*) FROM midflight_changed) AS changed,
        EXISTS (SELECT FROM midflight_changed WHERE is_wrong) AS is_wrong,
        (SELECT {last_as_text} FROM midflight_last) AS last
) AS batch
WHERE id IN (SELECT id FROM midflight_lease) AND worker = $2
RETURNING state, position, batch.keys AS rows_read, batch.changed AS rows_changed"""
)
_VERIFY = (
    _LEASE
    + """\

UPDATE midflight.backfill_range SET
    position = CASE WHEN batch.is_wrong THEN position WHEN batch.keys = $6 THEN batch.last END,
    state = CASE WHEN batch.is_wrong THEN 'open' WHEN batch.keys = $6 THEN 'done' ELSE 'verified' END,
    worker = CASE WHEN NOT batch.is_wrong AND batch.keys = $6 THEN worker END,
    leased_until = clock_timestamp() + $7
FROM (
    SELECT
        (SELECT count(*) FROM midflight_keys) AS keys,
        EXISTS (SELECT FROM ONLY {table} WHERE {begins} AND {columns} <= {last} AND {wrong}) AS is_wrong,
        (SELECT {last_as_text} FROM midflight_last) AS last
) AS batch
WHERE id IN (SELECT id FROM midflight_lease) AND worker = $2
RETURNING state, position, batch.keys AS rows_read, 0::bigint AS rows_changed"""
)
_VERIFY_WHOLE = """\
UPDATE midflight.backfill_range SET
    state = CASE WHEN whole.is_wrong THEN 'open' ELSE 'verified' END, position = NULL, worker = NULL
FROM (SELECT EXISTS (SELECT FROM ONLY {table} WHERE {wrong}) AS is_wrong) AS whole
WHERE id = $1 AND worker = $2 AND state = 'done'
RETURNING state, position, 0::bigint AS rows_read, 0::bigint AS rows_changed"""
"""At one moment: a row that has no key may be moved from what is yet to be seen to what was seen already."""
_HOLD = """\
SELECT id FROM midflight.backfill_range
WHERE id = $1 AND worker = $2 AND state = 'open' AND position IS NOT DISTINCT FROM CAST($3 AS text[])
FOR NO KEY UPDATE"""
_BOUND = """\
WITH midflight_keys AS MATERIALIZED (
    SELECT {named_columns} FROM ONLY {table} WHERE {begins} AND {ends}{order} LIMIT $3
)
SELECT
    (SELECT count(*) FROM midflight_keys) AS keys,
    (SELECT {last_as_text} FROM midflight_keys ORDER BY {descending} LIMIT 1) AS last"""
_ROWS = """\
SELECT {plain_columns} FROM ONLY {table} WHERE {begins} AND {columns} <= {up_to} AND {selects}{order}
FOR NO KEY UPDATE"""
_STILL = "SELECT EXISTS (SELECT FROM ONLY {table} WHERE {begins} AND {columns} <= {up_to} AND {selects} AND {wrong})"
_ONE = """\
WITH midflight_changed AS (
    UPDATE ONLY {table} SET {assignments} WHERE {columns} = {one} AND {selects} RETURNING {wrong} IS TRUE AS is_wrong
)
SELECT count(*) FILTER (WHERE is_wrong) FROM midflight_changed"""
_ONE_ROW = """\
SELECT {plain_columns} FROM ONLY {table} WHERE {columns} = {one} AND {selects} FOR NO KEY UPDATE"""
ADVANCE = """\
UPDATE midflight.backfill_range SET
    position = CASE WHEN $3 THEN NULL ELSE CAST($2 AS text[]) END, state = CASE WHEN $3 THEN 'done' ELSE 'open' END,
    worker = CASE WHEN NOT $3 THEN worker END,
    rows_read = rows_read + $4, rows_changed = rows_changed + $5, leased_until = clock_timestamp() + $6
WHERE id = $1
RETURNING state, position, CAST($4 AS bigint) AS rows_read, CAST($5 AS bigint) AS rows_changed"""
"""$1 the range, $2 the last key, $3 whether it is through, $4 rows read, $5 rows changed, $6 the lease."""
HOLD = _HOLD
"""Lock a range, where it is still ours and where we left it: $1 the range, $2 the worker, $3 its position."""


def change_sql(job: Job, part: Range, key: Key) -> str:
    """Write a batch that changes rows."""
    return _CHANGE.format(
        state="open", assignments=assigned(job.assignments), **_selecting(job), **_bounds(part, key, "$4", "$5")
    )


def verify_sql(job: Job, part: Range, key: Key) -> str:
    """Write a batch that looks for rows that are wrong."""
    if key.is_place:
        return _VERIFY_WHOLE.format(table=part.table.sql, **_selecting(job))
    return _VERIFY.format(state="done", **_selecting(job), **_bounds(part, key, "$4", "$5"))


def bound_sql(part: Range, key: Key) -> str:
    """Write the query for the last key of a batch: $1 the key behind which it begins, $2 the range's last, $3 rows."""
    return _BOUND.format(**_bounds(part, key, "$1", "$2"))


def rows_sql(job: Job, part: Range, key: Key) -> str:
    """Write the query for the keys of the rows to change, which locks them: $1 behind which key, $2 the last one."""
    return _ROWS.format(plain_columns=", ".join(key.sql), **_selecting(job), **_between(part, key))


def still_sql(job: Job, part: Range, key: Key) -> str:
    """Write the question whether one of these rows is wrong; parameters as of ``rows_sql``."""
    return _STILL.format(**_selecting(job), **_between(part, key))


def one_sql(job: Job, table: Name, key: Key) -> str:
    """Write the change of a single row: $1 its key. It returns 1 where the row is wrong after it."""
    return _ONE.format(assignments=assigned(job.assignments), **_single(job, table, key))


def one_row_sql(job: Job, table: Name, key: Key) -> str:
    """Write the query for a single row, which locks it: $1 its key."""
    return _ONE_ROW.format(plain_columns=", ".join(key.sql), **_single(job, table, key))


def _single(job: Job, table: Name, key: Key) -> dict[str, str]:
    return {"table": table.sql, "columns": row(key.sql), "one": key.given("$1::text[]"), **_selecting(job)}


def _between(part: Range, key: Key) -> dict[str, str]:
    return {**_bounds(part, key, "$1", "$2"), "up_to": key.given("$2::text[]")}


def _selecting(job: Job) -> dict[str, str]:
    return {"selects": in_brackets(job.selects, "true"), "wrong": in_brackets(job.wrong, "false")}


def _bounds(part: Range, key: Key, begins: str, ends: str) -> dict[str, str]:
    """Write the bounds of a batch; each parameter has its type also where it bounds nothing."""
    columns, names = row(key.sql), [f"midflight_key_{place}" for place in range(1, len(key.columns) + 1)]
    behind = f"{columns} > {key.given(f'{begins}::text[]')}"
    not_behind = f"{columns} <= {key.given(f'{ends}::text[]')}"
    return {
        "table": part.table.sql,
        "columns": columns,
        "named_columns": ", ".join(f"{column} AS {name}" for column, name in zip(key.sql, names, strict=True)),
        "begins": behind if part.begins is not None else f"{begins}::text[] IS NULL",
        "ends": not_behind if part.up_to is not None else f"{ends}::text[] IS NULL",
        "order": "" if key.is_place else f" ORDER BY {', '.join(key.sql)}",
        "descending": ", ".join(f"{name} DESC" for name in names),
        "last": row(f"(SELECT {name} FROM midflight_last)" for name in names),
        "last_as_text": f"ARRAY[{', '.join(f'CAST({name} AS text)' for name in names)}]",
    }
