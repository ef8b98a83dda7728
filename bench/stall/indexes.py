"""Operations on indexes."""

from __future__ import annotations

from bench.stall.operation import Operation

_VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('{}')"

INDEXES = (
    Operation(
        name="create-index",
        stock='op.create_index("ix_orders_total", "orders", ["total"])',
        midflight='op.create_index("ix_orders_total", "orders", ["total"])',
        django='migrations.AddIndex("order", models.Index(fields=["total"], name="ix_orders_total"))',
        done=_VALID.format("ix_orders_total"),
        undo=("DROP INDEX ix_orders_total",),
        builds_index=True,
    ),
    Operation(
        name="create-unique-index",
        stock='op.create_index("ix_orders_number", "orders", ["number"], unique=True)',
        midflight='op.create_index("ix_orders_number", "orders", ["number"], unique=True)',
        # a constraint on an expression is an index
        django="migrations.AddConstraint("
        '"order", models.UniqueConstraint(models.F("number"), name="ix_orders_number"))',
        done=f"{_VALID.format('ix_orders_number')} AND indisunique",
        undo=("DROP INDEX ix_orders_number",),
        builds_index=True,
    ),
    Operation(
        name="drop-index",
        stock='op.drop_index("ix_orders_quantity", table_name="orders")',
        midflight='op.drop_index("ix_orders_quantity", table_name="orders")',
        django='migrations.RemoveIndex("order", "ix_orders_quantity")',
        done="SELECT to_regclass('ix_orders_quantity') IS NULL",
        undo=("CREATE INDEX ix_orders_quantity ON orders (quantity)",),
    ),
    Operation(
        name="rename-index",
        stock='op.execute("ALTER INDEX ix_orders_quantity RENAME TO ix_orders_amount")',
        midflight='op.rename_index("ix_orders_quantity", "ix_orders_amount")',
        django='migrations.RenameIndex("order", new_name="ix_orders_amount", old_name="ix_orders_quantity")',
        done=_VALID.format("ix_orders_amount"),
        undo=("ALTER INDEX ix_orders_amount RENAME TO ix_orders_quantity",),
    ),
    Operation(
        name="reindex",
        stock='op.execute("REINDEX INDEX ix_orders_quantity")',
        midflight='op.reindex("ix_orders_quantity")',
        django=None,
        without_django="Django has no operation for it",
        before=("CREATE TABLE file_before AS SELECT pg_relation_filenode('ix_orders_quantity') AS node",),
        done="SELECT pg_relation_filenode('ix_orders_quantity') <> node FROM file_before",
        undo=("DROP TABLE file_before",),
        builds_index=True,
    ),
)
