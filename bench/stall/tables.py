"""Operations on tables: partitions of which the big table is one, and small tables that refer to it."""

from __future__ import annotations

from bench.stall.operation import Operation

_LEDGER = "CREATE TABLE ledger (LIKE orders) PARTITION BY RANGE (id)"
_BOUND = "FOR VALUES FROM (0) TO (1000000000)"
_IN_IT = "SELECT EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'ledger'::regclass AND NOT inhdetachpending)"
_ATTACH = (
    _LEDGER,
    "ALTER TABLE orders ADD CONSTRAINT bound CHECK (id >= 0 AND id < 1000000000) NOT VALID",
    "ALTER TABLE orders VALIDATE CONSTRAINT bound",
    f"ALTER TABLE ledger ATTACH PARTITION orders {_BOUND}",
    "ALTER TABLE orders DROP CONSTRAINT bound",
)
_DETACH = ("ALTER TABLE ledger DETACH PARTITION orders", "DROP TABLE ledger")
_NO_PARTITIONS = "Django knows no partitions"
_NOTES = """op.create_table(
    "order_notes",
    sa.Column("id", sa.BigInteger(), primary_key=True),
    sa.Column("order_id", sa.BigInteger(), sa.ForeignKey("orders.id"), nullable=False),
)"""

TABLES = (
    Operation(
        name="create-table-with-foreign-key",
        stock=_NOTES,
        midflight=_NOTES,
        django='migrations.CreateModel("OrderNote", [("id", models.BigAutoField(primary_key=True)), '
        '("order", models.ForeignKey("Order", models.DO_NOTHING))], {"db_table": "order_notes"})',
        done="SELECT convalidated FROM pg_constraint WHERE confrelid = 'orders'::regclass",
        undo=("DROP TABLE order_notes",),
    ),
    Operation(
        name="drop-table-with-foreign-key",
        stock='op.drop_table("order_lines")',
        midflight='op.drop_table("order_lines")',
        django='migrations.DeleteModel("OrderLine")',
        before=("CREATE TABLE order_lines (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders)",),
        done="SELECT to_regclass('order_lines') IS NULL",
        undo=("DROP TABLE order_lines",),
    ),
    Operation(
        name="attach-partition",
        stock=f'op.execute("ALTER TABLE ledger ATTACH PARTITION orders {_BOUND}")',
        midflight=f'op.attach_partition("ledger", "orders", "{_BOUND}")',
        django=None,
        without_django=_NO_PARTITIONS,
        before=(_LEDGER,),
        done=_IN_IT,
        undo=_DETACH,
    ),
    Operation(
        name="detach-partition",
        stock='op.execute("ALTER TABLE ledger DETACH PARTITION orders")',
        midflight='op.detach_partition("ledger", "orders")',
        django=None,
        without_django=_NO_PARTITIONS,
        before=_ATTACH,
        done=f"SELECT NOT ({_IN_IT})",
        undo=("ALTER TABLE ledger DETACH PARTITION orders FINALIZE", *_DETACH),
    ),
    Operation(
        name="create-index-on-partitioned-table",
        stock='op.create_index("ix_ledger_total", "ledger", ["total"])',
        midflight='op.create_index("ix_ledger_total", "ledger", ["total"])',
        django=None,
        without_django=_NO_PARTITIONS,
        before=_ATTACH,
        done="SELECT bool_and(indisvalid) AND count(*) = 2 FROM pg_index WHERE indexrelid IN (SELECT inhrelid FROM "
        "pg_inherits UNION SELECT inhparent FROM pg_inherits) AND indexrelid::regclass::text LIKE '%total%'",
        undo=("DROP INDEX ix_ledger_total", *_DETACH),
        builds_index=True,
    ),
)
