"""Every kind of key: each row is changed exactly once, in batches, whatever tells the rows apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backfill.working import Yards

ROWS = 2500
TABLES = {
    "by_int": ("id int PRIMARY KEY", "i"),
    "by_bigint": ("id bigint PRIMARY KEY", "i * 10000000000 - 7"),
    "by_uuid": ("id uuid PRIMARY KEY", "md5(i::text)::uuid"),
    "by_text": ("id text PRIMARY KEY", "chr(97 + i % 26) || upper(md5(i::text)) || E'\\'\"ä' || i"),
    "by_c_text": ('id text COLLATE "C" PRIMARY KEY', "md5(i::text) || '_' || i"),
    "by_blind_text": ("id text COLLATE blind PRIMARY KEY", "(ARRAY['a', 'B', 'é'])[i % 3 + 1] || i"),
    "by_char": ("id char(12) PRIMARY KEY", "'x ' || i"),
    "by_time": ("id timestamptz PRIMARY KEY", "'2026-03-29 00:59:59.5+01'::timestamptz + i * interval '1.000001 s'"),
    "by_float": ("id float8 PRIMARY KEY", "1.0 / i"),
    "by_numeric": ("id numeric PRIMARY KEY", "i / 7.0"),
    "by_bytes": ("id bytea PRIMARY KEY", "decode(md5(i::text), 'hex')"),
    "by_unique": ("id int NOT NULL UNIQUE", "-i"),
    "by_falling": ("id int NOT NULL", "i"),
    'Odd "table"': ('"Id %s :x" int PRIMARY KEY', "i"),
}
COMPOSITE = """
CREATE TABLE by_two (a int, "B b" text, times int NOT NULL DEFAULT 0, PRIMARY KEY (a, "B b"));
INSERT INTO by_two SELECT i % 7, md5(i::text) FROM generate_series(1, 2500) AS i;
CREATE TABLE parted (id int, day date, times int NOT NULL DEFAULT 0, PRIMARY KEY (day, id)) PARTITION BY RANGE (day);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM ('2026-02-01') TO ('2026-03-01') PARTITION BY HASH (id);
CREATE TABLE parted_2a PARTITION OF parted_2 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_2b PARTITION OF parted_2 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT i, '2026-01-01'::date + i % 50 FROM generate_series(1, 2500) AS i;
CREATE TABLE parent (id int PRIMARY KEY, times int NOT NULL DEFAULT 0);
CREATE TABLE child (PRIMARY KEY (id)) INHERITS (parent);
INSERT INTO parent SELECT i FROM generate_series(1, 500) AS i;
INSERT INTO child SELECT i FROM generate_series(1, 500) AS i;
CREATE TABLE keyless (n int, times int NOT NULL DEFAULT 0);
INSERT INTO keyless SELECT i FROM generate_series(1, 2500) AS i;
DELETE FROM keyless WHERE n % 5 = 0;
CREATE TABLE nulls (n int UNIQUE, times int NOT NULL DEFAULT 0);
INSERT INTO nulls SELECT nullif(i % 2, 0) * i FROM generate_series(1, 2500) AS i
"""
MORE = ("by_two", "parted", "parent")
KEYLESS = ("keyless", "nulls")


BLIND = "CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level1', deterministic = false)"


def tables(major: int) -> dict[str, tuple[str, str]]:
    """The embedded server is built without ICU."""
    return {table: how for table, how in TABLES.items() if major != 18 or "blind" not in table}


def setup(major: int) -> str:
    made = [BLIND] if major != 18 else []
    for table, (column, value) in tables(major).items():
        name = '"' + table.replace('"', '""') + '"'
        made.append(f"CREATE TABLE {name} ({column}, times int NOT NULL DEFAULT 0)")
        made.append(f"INSERT INTO {name} SELECT {value} FROM generate_series(1, {ROWS}) AS i")
    made.append("CREATE UNIQUE INDEX falling ON by_falling (id DESC)")
    return ";\n".join([*made, COMPOSITE])


@pytest.mark.parametrize("workers", [1, 3])
def test_each_row_is_changed_once(yards: Yards, workers: int) -> None:
    each = "op.backfill({0!r}, table={0!r}, set={{'times': 'times + 1'}}, {1}small=0)"
    keyed = (*tables(yards.major), *MORE)
    calls = [each.format(table, "") for table in keyed]
    calls[-2] = calls[-2].replace("'times + 1'", "'parted.times + 1'")  # of a partition by the name of the whole
    calls += [each.format(table, "where='times = 0', ") for table in KEYLESS]
    yard = yards.new(setup(yards.major), "\n".join(calls))
    worked = yard.work(workers=workers)
    assert not worked.is_failed
    assert (
        yard.value("SELECT array_agg(name || ': ' || state) FROM midflight.backfill WHERE state <> 'finished'") is None
    )
    for table in (*keyed, *KEYLESS):
        quoted = '"' + table.replace('"', '""') + '"'
        assert yard.value(f"SELECT min(times) = 1 AND max(times) = 1 FROM {quoted}") is True, table
    wrong = """
        SELECT array_agg(name) FROM midflight.backfill AS b WHERE (
            SELECT sum(rows_changed) FROM midflight.backfill_range WHERE backfill = b.id
        ) IS DISTINCT FROM (CASE name WHEN 'parent' THEN 1000 WHEN 'keyless' THEN 2000 ELSE 2500 END)
    """
    assert yard.value(wrong) is None


def test_a_key_that_is_written_is_not_the_key(yards: Yards) -> None:
    """By the primary key each row would run ahead of the backfill, to be met again."""
    table = """
        CREATE TABLE t (id int PRIMARY KEY, other int NOT NULL UNIQUE);
        INSERT INTO t SELECT i, i FROM generate_series(1, 900) AS i
    """
    yard = yards.new(table, "op.backfill('b', table='t', set={'id': 'id + 5000'}, small=0)")
    yard.work()
    assert yard.value("SELECT bool_and(id = other + 5000) FROM t") is True
