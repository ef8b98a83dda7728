"""Operations on indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operations.cycle import Case, run_operation_cycle

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Stage

ORDERS = """
CREATE TABLE orders (id int PRIMARY KEY, total int, note text);
CREATE INDEX ix_note ON orders (note);
INSERT INTO orders SELECT i, i, 'n' || i FROM generate_series(1, 1000) AS i
"""
DAYS = """
CREATE SCHEMA parts;
CREATE TABLE days (id int NOT NULL, day int NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (1) TO (10);
CREATE TABLE parts.days_2 PARTITION OF days FOR VALUES FROM (10) TO (20) PARTITION BY LIST (id);
CREATE TABLE parts.days_2_all PARTITION OF parts.days_2 DEFAULT;
INSERT INTO days SELECT i, i % 19 + 1 FROM generate_series(1, 500) AS i
"""
VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('{}')"
GONE = "SELECT to_regclass('{}') IS NULL"
LEFT = """
CREATE TABLE orders (id int, total int);
CREATE INDEX ix ON orders (total);
CREATE INDEX ix_ccnew ON orders (total);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_ccnew'::regclass;
INSERT INTO orders SELECT i, i FROM generate_series(1, 1000) AS i
"""

CASES = (
    Case(
        "create_index",
        setup=ORDERS,
        up='op.create_index("ix", "orders", ["total", sa.text("lower(note) DESC")], unique=True, '
        'postgresql_include=["id"], postgresql_where=sa.column("total") > 5, postgresql_with={"fillfactor": 70})',
        down='op.drop_index("ix", "orders")',
        effect=VALID.format("ix"),
    ),
    Case(
        "work_beside_a_leftover_is_not_repeated",
        setup=LEFT,
        up='op.create_index("ix_ccnew", "orders", ["total"])\nop.execute("INSERT INTO orders VALUES (-1); '
        'REINDEX INDEX CONCURRENTLY ix; INSERT INTO orders VALUES (-1)")\n'
        'op.create_index("ix_2", "orders", ["total"])',
        down='op.drop_index("ix_2")\nop.drop_index("ix_ccnew")',
        effect="SELECT count(*) = 1002 FROM orders",
        offline=False,
        again=False,
        returns=False,
    ),
    Case(
        "create_index_of_class",
        setup=ORDERS,
        up='op.create_index("ix", "orders", ["note"], postgresql_ops={"note": "text_pattern_ops"}, '
        'postgresql_using="btree", postgresql_nulls_not_distinct=True, unique=True)\n'
        'op.create_index("ix2", "orders", [sa.func.lower(sa.column("note")), sa.column("total").desc()])',
        down='op.drop_index("ix")\nop.drop_index("ix2", table_name="orders")',
        effect=VALID.format("ix"),
    ),
    Case(
        "create_index_on_partitions",
        setup=DAYS,
        up='op.create_index("ix", "days", ["id"])',
        down='op.drop_index("ix", "days")',
        effect=VALID.format("ix"),
        offline=False,
        allowed=frozenset({"drop-index-blocks"}),  # PostgreSQL has no other form for a partitioned table
    ),
    Case(
        "drop_index",
        setup=ORDERS,
        up='op.drop_index("ix_note")',
        down='op.create_index("ix_note", "orders", ["note"])',
        effect=GONE.format("ix_note"),
    ),
    Case(
        "drop_index_of_partitions",
        setup=f"{DAYS}; CREATE INDEX ix ON days (id)",
        up='op.drop_index("ix")',
        down='op.create_index("ix", "days", ["id"])',
        effect=GONE.format("ix"),
        offline=False,
        returns=False,  # its parts get names of ours
        allowed=frozenset({"drop-index-blocks"}),
    ),
    Case(
        "rename_index",
        setup=ORDERS,
        up='op.rename_index("ix_note", "ix_of_notes")',
        down='op.rename_index("ix_of_notes", "ix_note")',
        effect=VALID.format("ix_of_notes"),
    ),
    Case(
        "reindex",
        setup=ORDERS,
        up='op.reindex("ix_note")',
        down='op.reindex("ix_note")',
        effect=VALID.format("ix_note"),
    ),
    Case(
        "reindex_with_leftovers",
        setup=LEFT,
        up='op.reindex("ix")',
        down='op.reindex("ix")',
        effect=GONE.format("ix_ccnew"),
        offline=False,
        returns=False,
    ),
    Case(
        "reindex_table",
        setup=LEFT,
        up='op.reindex(table_name="orders")',
        down='op.reindex(table_name="orders")',
        effect=GONE.format("ix_ccnew"),
        offline=False,
        returns=False,
    ),
    Case(
        "reindex_partitions",
        setup=f"{DAYS}; CREATE INDEX ix ON days (id)",
        up='op.reindex("ix")',
        down='op.reindex("ix")',
        effect=VALID.format("ix"),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_operation_on_indexes_goes_its_whole_cycle(stage: Stage, tmp_path: Path, case: Case) -> None:
    run_operation_cycle(stage, tmp_path, case)
