"""Operations on whole tables, and SQL of a revision's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operations.applying import upgrade
from operations.cycle import Case, run_operation_cycle

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Stage

CUSTOMERS = """
CREATE TABLE customers (id int PRIMARY KEY, name text);
INSERT INTO customers SELECT i, i FROM generate_series(1, 100) AS i
"""
ORDERS = f"{CUSTOMERS}; CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers)"

CASES = (
    Case(
        "create_table",
        setup=CUSTOMERS,
        up="""
table = op.create_table(
    "orders",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.Integer, sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("mood", sa.Enum("sad", "50%", name="mood"), comment="it's"),
    sa.CheckConstraint("id > 0", name="positive"),
    sa.UniqueConstraint("customer_id", "mood", name="one"),
    comment="bought",
)
op.create_index("ix_mood", "orders", ["mood"])
if not op.get_context().as_sql:
    op.bulk_insert(table, [{"id": 1, "customer_id": 1, "mood": "50%"}])
""",
        down='op.drop_table("orders"); op.execute("DROP TYPE mood")',
        effect="SELECT count(*) = 2 AND 'sad'::mood IS NOT NULL FROM pg_class"
        " WHERE relname IN ('ix_orders_customer_id', 'ix_mood')",
        again=False,  # the row is there already
    ),
    Case(
        "drop_table",
        setup=ORDERS,
        up='op.drop_table("orders")',
        down='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),'
        ' sa.Column("customer_id", sa.Integer, sa.ForeignKey("customers.id")))',
        effect="SELECT to_regclass('orders') IS NULL",
    ),
    Case(
        "rename_table",
        setup=CUSTOMERS,
        up='op.rename_table("customers", "clients")',
        down='op.rename_table("clients", "customers")',
        effect="SELECT to_regclass('clients') IS NOT NULL",
    ),
    Case(
        "execute",
        setup=CUSTOMERS,
        up='''
op.execute("""
    ALTER TABLE customers ADD COLUMN data jsonb DEFAULT '{"a":1, "b": "100%"}';  -- a; b
    CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS $$ SELECT $1 * 2; $$;
    CREATE INDEX CONCURRENTLY ix_name ON customers (name);
    INSERT INTO customers (id, name) SELECT max(id) + 1, '%s :x \\\\: ?' FROM customers
""")
op.execute(sa.text("UPDATE customers SET name = :name WHERE id = 1").bindparams(name="it's"))
op.execute_file("more.sql")
''',
        down='op.execute("DROP TABLE more; DROP INDEX CONCURRENTLY ix_name; DROP FUNCTION twice(int);'
        " DELETE FROM customers WHERE id = 101; UPDATE customers SET name = '1' WHERE id = 1;"
        ' ALTER TABLE customers DROP COLUMN data")',
        effect=r"SELECT count(*) = 101 AND max(name) FILTER (WHERE id = 101) = '%s :x \: ?' AND twice(2) = 4 AND"
        ' bool_and(data = \'{"a": 1, "b": "100%"}\') AND to_regclass(\'more\') IS NOT NULL FROM customers',
        again=False,  # what a statement does only the journal knows
    ),
)


NAMES = """
stock.set_default("customers", "name", "x")
stock.set_not_null("customers", "name")
with stock.alter_table("customers") as table:
    table.alter_column_type("name", sa.String(None))
assert stock.add_column is not op.add_column
assert op.bulk_insert is stock.bulk_insert
"""


def test_alembics_own_op_has_the_names_that_it_lacked(stage: Stage, tmp_path: Path) -> None:
    database = stage.clone(CUSTOMERS)
    upgrade(tmp_path, database, NAMES, before="from alembic import op as stock")
    assert (
        stage.value(
            database,
            "SELECT attnotnull FROM pg_attribute WHERE attname = 'name' AND attnum = 2 AND"
            " attrelid = 'customers'::regclass",
        )
        is True
    )
    stage.drop(database)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_operation_on_tables_goes_its_whole_cycle(stage: Stage, tmp_path: Path, case: Case) -> None:
    more = tmp_path / "migrations" / "versions" / "more.sql"
    more.parent.mkdir(parents=True)
    more.write_text("-- from a file; as it stands\nCREATE TABLE more (id int);\nCOMMENT ON TABLE more IS ':no %s';")
    run_operation_cycle(stage, tmp_path, case)
