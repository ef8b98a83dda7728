"""Operations on constraints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operations.cycle import Case, run_operation_cycle

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Stage

SHOP = """
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE orders (id int NOT NULL, user_id int, total int, note text);
INSERT INTO users SELECT generate_series(1, 1000);
INSERT INTO orders SELECT i, i, i, 'n' || i FROM generate_series(1, 1000) AS i
"""
NULLABLE = SHOP.replace("id int NOT NULL", "id int")
PARTITIONED = """
CREATE TABLE users (id int PRIMARY KEY);
INSERT INTO users SELECT generate_series(1, 1000);
CREATE TABLE orders (id int NOT NULL, day int, user_id int) PARTITION BY RANGE (id);
CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (1) TO (500);
CREATE TABLE orders_2 PARTITION OF orders FOR VALUES FROM (500) TO (2000) PARTITION BY HASH (id);
CREATE TABLE orders_2_all PARTITION OF orders_2 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO orders SELECT i, i, i FROM generate_series(1, 1000) AS i
"""
VALID = "SELECT convalidated FROM pg_constraint WHERE conname = '{}' AND conparentid = 0"
INDEX = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('{}')"
GONE = "SELECT NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '{}')"

CASES = (
    Case(
        "create_foreign_key",
        setup=SHOP,
        up='op.create_foreign_key("to_user", "orders", "users", ["user_id"], ["id"], ondelete="CASCADE", '
        'onupdate="set null", deferrable=True, initially="DEFERRED", match="FULL")',
        down='op.drop_constraint("to_user", "orders", type_="foreignkey")',
        effect=VALID.format("to_user"),
    ),
    Case(
        "create_foreign_key_to_itself",
        setup=f"{SHOP}; ALTER TABLE orders ADD PRIMARY KEY (id)",
        up='op.create_foreign_key(None, "orders", "orders", ["total"], ["id"])',
        down='op.drop_constraint("orders_total_fkey", "orders")',
        effect=VALID.format("orders_total_fkey"),
    ),
    Case(
        "create_foreign_key_of_partitions_each",
        setup=PARTITIONED,
        up='op.create_foreign_key("to_user", "orders", "users", ["user_id"], ["id"])',
        down='op.drop_constraint("to_user", "orders", type_="foreignkey")',
        effect=VALID.format("to_user"),
        majors=(15,),
        offline=False,
        allowed=frozenset({"foreign-key-validates"}),  # its grammar cannot tell that each partition has it already
    ),
    Case(
        "create_foreign_key_of_partitions",
        setup=PARTITIONED,
        up='op.create_foreign_key("to_user", "orders", "users", ["user_id"], ["id"])',
        down='op.drop_constraint("to_user", "orders", type_="foreignkey")',
        effect=VALID.format("to_user"),
        majors=(18,),
    ),
    Case(
        "create_foreign_key_to_partitions",
        setup=f"{PARTITIONED}; ALTER TABLE orders ADD PRIMARY KEY (id)",
        up='op.create_foreign_key("to_order", "users", "orders", ["id"], ["id"])',
        down='op.drop_constraint("to_order", "users", type_="foreignkey")',
        effect=VALID.format("to_order"),
    ),
    Case(
        "create_check_constraint",
        setup=SHOP,
        up='op.create_check_constraint("positive", "orders", (sa.column("total") > 0) & (sa.column("note") != "a%:b"))',
        down='op.drop_constraint("positive", "orders", "check")',
        effect=VALID.format("positive"),
    ),
    Case(
        "create_check_constraint_on_partitions",
        setup=PARTITIONED,
        up='op.create_check_constraint("positive", "orders", "id > 0")',
        down='op.drop_constraint("positive", "orders")',
        effect="SELECT bool_and(convalidated) FROM pg_constraint WHERE conname = 'positive'",
    ),
    Case(
        "create_unique_constraint",
        setup=SHOP,
        up='op.create_unique_constraint("one", "orders", ["total", "id"], deferrable=True, initially="DEFERRED", '
        'postgresql_include=["note"], postgresql_nulls_not_distinct=True)',
        down='op.drop_constraint("one", "orders", type_="unique")',
        effect=VALID.format("one"),
    ),
    Case(
        "create_unique_constraint_on_partitions",
        setup=PARTITIONED,
        up='op.create_unique_constraint(None, "orders", ["id", "day"])',
        down='op.drop_constraint("orders_id_day_key", "orders", type_="unique")',
        effect=INDEX.format("orders_id_day_key"),
        offline=False,
    ),
    Case(
        "create_primary_key",
        setup=NULLABLE,
        up='op.create_primary_key("pk", "orders", ["id"])',
        down='op.drop_constraint("pk", "orders", type_="primary")\nop.drop_not_null("orders", "id")',
        effect=VALID.format("pk"),
    ),
    Case(
        "create_primary_key_on_partitions",
        setup=PARTITIONED,
        up='op.create_primary_key(None, "orders", ["id"])',
        down='op.drop_constraint("orders_pkey", "orders", type_="primary")',
        effect=INDEX.format("orders_pkey"),
        offline=False,
        returns=False,  # from 18 on the NOT NULL of a partition is its own from then on
    ),
    Case(
        "create_exclude_constraint",
        setup=SHOP,
        up='op.create_exclude_constraint("apart", "orders", (sa.func.int4range(sa.column("id"), sa.column("id") + 1), '
        '"&&"), where=sa.column("id") > 0, using="gist")',
        down='op.drop_constraint("apart", "orders")',
        effect=VALID.format("apart"),
        allowed=frozenset({"exclusion-constraint"}),
    ),
    Case(
        "validate_constraint",
        setup=f"{SHOP}; ALTER TABLE orders ADD CONSTRAINT positive CHECK (id > 0) NOT VALID",
        up='op.validate_constraint("positive", "orders")',
        down='op.execute("SELECT 1")',
        effect=VALID.format("positive"),
        returns=False,
    ),
    Case(
        "rename_constraint",
        setup=f"{SHOP}; ALTER TABLE orders ADD CONSTRAINT positive CHECK (id > 0)",
        up='op.rename_constraint("orders", "positive", "above_zero")',
        down='op.rename_constraint("orders", "above_zero", "positive")',
        effect=VALID.format("above_zero"),
    ),
    Case(
        "drop_constraint",
        setup=f"{SHOP}; ALTER TABLE orders ADD CONSTRAINT to_user FOREIGN KEY (user_id) REFERENCES users",
        up='op.drop_constraint("to_user", "orders")',
        down='op.create_foreign_key("to_user", "orders", "users", ["user_id"], ["id"])',
        effect=GONE.format("to_user"),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_operation_on_constraints_goes_its_whole_cycle(stage: Stage, tmp_path: Path, case: Case) -> None:
    run_operation_cycle(stage, tmp_path, case)
