"""Operations on columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operations.cycle import Case, run_operation_cycle

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Stage

ORDERS = """
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (
    id int PRIMARY KEY, total int, code varchar(20) DEFAULT 'none', paid numeric(8, 2),
    customer_id int REFERENCES customers
);
CREATE INDEX ix_code ON orders (code);
INSERT INTO customers VALUES (1);
INSERT INTO orders SELECT i, i, i, i, 1 FROM generate_series(1, 1000) AS i
"""
PAID_LAST = """
CREATE TABLE orders (id int PRIMARY KEY, total int, code varchar(20) DEFAULT 'none', paid numeric(8, 2));
CREATE INDEX ix_paid ON orders (paid);
INSERT INTO orders SELECT i, i, i, i FROM generate_series(1, 1000) AS i
"""
PARTITIONED = """
CREATE TABLE events (id int NOT NULL, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
INSERT INTO events SELECT i, '2026-01-01'::date + i % 50 FROM generate_series(1, 500) AS i
"""
FILLED = "SELECT count(*) = 1000 AND count(DISTINCT {0}) = 1000 FROM orders"
DROP_C = 'op.drop_column("orders", "c")'


def added(
    name: str, column: str, effect: str, *, majors: tuple[int, ...] = (15, 18), allowed: tuple[str, ...] = ()
) -> Case:
    up = f'op.add_column("orders", sa.Column("c", {column}))'
    return Case(name, setup=ORDERS, up=up, down=DROP_C, effect=effect, majors=majors, allowed=frozenset(allowed))


def holds(column: str, condition: str) -> str:
    """A query on one column of orders in the catalog."""
    return (
        "SELECT (SELECT " + condition + " FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON adrelid = attrelid AND "
        f"adnum = attnum WHERE attrelid = 'orders'::regclass AND attname = '{column}') IS TRUE"
    )


CASES = (
    Case(
        "set_not_null",
        setup=ORDERS,
        up='op.set_not_null("orders", "total")',
        down='op.drop_not_null("orders", "total")',
        effect=holds("total", "attnotnull"),
    ),
    added("add_column", "sa.String(8)", holds("c", "NOT attnotnull AND format_type(atttypid, atttypmod) LIKE '%(8)'")),
    added(
        "add_column_required",
        'sa.Integer, nullable=False, server_default="5", comment="it\'s new"',
        "SELECT (SELECT bool_and(c = 5) FROM orders) AND ("
        + holds("c", "col_description(attrelid, attnum) = 'it''s new'")
        + ")",
    ),
    added("add_column_stable", "sa.DateTime(timezone=True), server_default=sa.func.now()", holds("c", "atthasmissing")),
    added(
        "add_column_volatile",
        'sa.Uuid, server_default=sa.text("gen_random_uuid()")',
        FILLED.format("c"),
    ),
    added(
        "add_column_volatile_required",
        'sa.Uuid, nullable=False, server_default=sa.text("gen_random_uuid()")',
        f"SELECT ({FILLED.format('c')}) AND ({holds('c', 'attnotnull')})",
    ),
    added(
        "add_column_identity",
        "sa.BigInteger, sa.Identity(always=True, start=100, increment=5)",
        "SELECT count(DISTINCT c) = 1000 AND min(c) = 100 AND max(c) = 5095 AND max(c) ="
        " (SELECT last_value FROM orders_c_seq) FROM orders",
    ),
    added(
        "add_column_serial",
        'type("Serial", (sa.types.UserDefinedType,), {"get_col_spec": lambda self: "BIGSERIAL"})()',
        "SELECT count(DISTINCT c) = 1000 AND pg_get_serial_sequence('orders', 'c') = 'public.orders_c_seq' FROM orders",
    ),
    added(
        "add_column_virtual",
        'sa.Integer, sa.Computed("total * 2", persisted=False)',
        "SELECT bool_and(c = total * 2) FROM orders",
        majors=(18,),
    ),
    added(
        "add_column_with_constraints",
        'sa.Integer, sa.ForeignKey("customers.id", name="to_customers"), sa.CheckConstraint("c > 0", name="positive"),'
        ' index=True, unique=False, server_default="1"',
        "SELECT count(*) = 2 AND bool_and(convalidated) AND to_regclass('ix_orders_c') IS NOT NULL FROM pg_constraint"
        " WHERE conname IN ('to_customers', 'positive')",
        allowed=("locks-several-tables",),  # a foreign key comes and goes, and PostgreSQL locks both tables
    ),
    Case(
        "add_column_partitioned",
        setup=PARTITIONED,
        up='op.add_column("events", sa.Column("c", sa.Uuid, nullable=False, server_default=sa.func.gen_random_uuid()))',
        down='op.drop_column("events", "c")',
        effect="SELECT count(DISTINCT c) = 500 FROM events",
    ),
    Case(
        "drop_column",
        setup=ORDERS,
        up='op.drop_column("orders", "customer_id")',
        down='op.add_column("orders", sa.Column("customer_id", sa.Integer, sa.ForeignKey("customers.id")))',
        effect="SELECT count(*) = 0 FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'customer_id'",
        allowed=frozenset({"locks-several-tables"}),  # its foreign key goes with it, and PostgreSQL locks both tables
    ),
    Case(
        "drop_column_without_foreign_key",
        setup=PAID_LAST,
        up='op.drop_column("orders", "paid")',
        down='op.add_column("orders", sa.Column("paid", sa.Numeric(8, 2)));'
        ' op.create_index("ix_paid", "orders", ["paid"])',
        effect="SELECT to_regclass('ix_paid') IS NULL",
    ),
    Case(
        "set_default",
        setup=ORDERS,
        up='op.set_default("orders", "total", 7); op.set_default("orders", "code", "it\'s 5%")',
        down='op.drop_default("orders", "total"); op.set_default("orders", "code", sa.text("\'none\'"))',
        effect="SELECT count(*) = 2 FROM pg_attrdef WHERE adrelid = 'orders'::regclass AND"
        " pg_get_expr(adbin, adrelid) IN ('7', '''it''''s 5%''::character varying')",
    ),
    Case(
        "drop_default",
        setup=ORDERS,
        up='op.drop_default("orders", "code")',
        down='op.set_default("orders", "code", "none")',
        effect="SELECT count(*) = 0 FROM pg_attrdef WHERE adrelid = 'orders'::regclass",
    ),
    Case(
        "comments",
        setup=ORDERS,
        up='op.comment_column("orders", "total", "in ¢"); op.comment_table("orders", "what they\'ve \\\\ bought")',
        down='op.comment_column("orders", "total", None); op.comment_table("orders", None)',
        effect="SELECT col_description('orders'::regclass, 2) = 'in ¢'"
        " AND obj_description('orders'::regclass, 'pg_class') = E'what they''ve \\\\ bought'",
    ),
    Case(
        "alter_column_type",
        setup=ORDERS,
        up='op.alter_column_type("orders", "code", sa.Text); op.alter_column_type("orders", "paid", sa.Numeric(10, 2))',
        down='op.alter_column_type("orders", "code", sa.String(20));'
        'op.alter_column_type("orders", "paid", sa.Numeric(8, 2))',
        effect=holds("code", "atttypid = 'text'::regtype"),
        allowed=frozenset({"change-type-rewrites"}),  # the way back alone
    ),
    Case(
        "rename_column",
        setup=ORDERS,
        up='op.rename_column("orders", "total", "sum")',
        down='op.rename_column("orders", "sum", "total")',
        effect=holds("sum", "true"),
    ),
    Case(
        "alter_column",
        setup=ORDERS,
        up='op.alter_column("orders", "code", new_column_name="sku", type_=sa.String(40), nullable=False,'
        ' server_default=None, comment="sku")',
        down='op.alter_column("orders", "sku", new_column_name="code", type_=sa.String(20), nullable=True,'
        ' server_default="none", comment=None)',
        effect=holds("sku", "attnotnull AND NOT atthasdef"),
        again=False,  # the column has another name by then
        allowed=frozenset({"change-type-rewrites"}),  # the way back alone
    ),
    Case(
        "alter_table",
        setup=PAID_LAST,
        up="""
with op.alter_table("orders") as table:
    table.add_column(sa.Column("token", sa.Uuid, nullable=False, server_default=sa.func.gen_random_uuid()))
    table.drop_column("paid")
    table.set_default("total", 0)
    table.set_not_null("total")
    table.drop_default("code")
    table.alter_column_type("code", sa.String(30))
""",
        down="""
with op.alter_table("orders") as table:
    table.drop_column("token")
    table.add_column(sa.Column("paid", sa.Numeric(8, 2)))
    table.drop_default("total")
    table.drop_not_null("total")
    table.set_default("code", "none")
    table.alter_column_type("code", sa.String(20))
op.create_index("ix_paid", "orders", ["paid"])
""",
        effect=f"SELECT ({FILLED.format('token')}) AND ({holds('token', 'attnotnull')})"
        f" AND ({holds('total', 'attnotnull')})",
        allowed=frozenset({"change-type-rewrites"}),  # the way back alone
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_operation_on_columns_goes_its_whole_cycle(stage: Stage, tmp_path: Path, case: Case) -> None:
    run_operation_cycle(stage, tmp_path, case)
