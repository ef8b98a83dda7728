"""Operations on constraints."""

from __future__ import annotations

from bench.stall.operation import Operation

_VALID = "SELECT bool_and(convalidated) FROM pg_constraint WHERE conrelid = 'orders'::regclass AND {}"
_NAMED = "SELECT convalidated FROM pg_constraint WHERE conrelid = 'orders'::regclass AND conname = '{}'"

# Django gives a foreign key a name of its own making.
_DROP_FOREIGN_KEYS = """
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'orders'::regclass AND contype = 'f' LOOP
        EXECUTE format('ALTER TABLE orders DROP CONSTRAINT %I', name);
    END LOOP;
END $$
"""
_DJANGO_USER = 'models.ForeignKey("User", models.DO_NOTHING, db_index=False)'

CONSTRAINTS = (
    Operation(
        name="foreign-key",
        stock='op.create_foreign_key("fk_orders_user", "orders", "users", ["user_id"], ["id"])',
        midflight='op.create_foreign_key("fk_orders_user", "orders", "users", ["user_id"], ["id"])',
        django=f'migrations.AlterField("order", "user", {_DJANGO_USER})',
        done=_VALID.format("contype = 'f'"),
        undo=(_DROP_FOREIGN_KEYS,),
    ),
    Operation(
        name="check",
        stock='op.create_check_constraint("ck_orders_total", "orders", "total >= 0")',
        midflight='op.create_check_constraint("ck_orders_total", "orders", "total >= 0")',
        django='migrations.AddConstraint("order", models.CheckConstraint('
        'condition=models.Q(total__gte=0), name="ck_orders_total"))',
        done=_NAMED.format("ck_orders_total"),
        undo=("ALTER TABLE orders DROP CONSTRAINT ck_orders_total",),
    ),
    Operation(
        name="unique-constraint",
        stock='op.create_unique_constraint("uq_orders_number", "orders", ["number"])',
        midflight='op.create_unique_constraint("uq_orders_number", "orders", ["number"])',
        django='migrations.AddConstraint("order", models.UniqueConstraint(fields=["number"], name="uq_orders_number"))',
        done=_NAMED.format("uq_orders_number"),
        undo=("ALTER TABLE orders DROP CONSTRAINT uq_orders_number",),
        builds_index=True,
    ),
    Operation(
        name="primary-key",
        stock='op.create_primary_key("orders_pkey", "orders", ["id"])',
        midflight='op.create_primary_key("orders_pkey", "orders", ["id"])',
        django=None,
        without_django="Django cannot add a primary key to a table that has none",
        before=("CREATE UNIQUE INDEX ix_orders_id ON orders (id)", "ALTER TABLE orders DROP CONSTRAINT orders_pkey"),
        done=_NAMED.format("orders_pkey"),
        undo=("DROP INDEX ix_orders_id",),
        builds_index=True,
    ),
    Operation(
        name="validate-constraint",
        stock='op.execute("ALTER TABLE orders VALIDATE CONSTRAINT ck_orders_validated")',
        midflight='op.validate_constraint("ck_orders_validated", "orders")',
        django='ValidateConstraint("order", "ck_orders_validated")',
        before=("ALTER TABLE orders ADD CONSTRAINT ck_orders_validated CHECK (total >= 0) NOT VALID",),
        done=_NAMED.format("ck_orders_validated"),
        undo=("ALTER TABLE orders DROP CONSTRAINT ck_orders_validated",),
    ),
    Operation(
        name="rename-constraint",
        stock='op.execute("ALTER TABLE orders RENAME CONSTRAINT ck_orders_quantity TO ck_orders_amount")',
        midflight='op.rename_constraint("orders", "ck_orders_quantity", "ck_orders_amount")',
        django=None,
        without_django="Django drops the constraint and adds it anew",
        done=_NAMED.format("ck_orders_amount"),
        undo=("ALTER TABLE orders RENAME CONSTRAINT ck_orders_amount TO ck_orders_quantity",),
    ),
    Operation(
        name="drop-constraint",
        stock='op.drop_constraint("ck_orders_quantity", "orders", type_="check")',
        midflight='op.drop_constraint("ck_orders_quantity", "orders")',
        django='migrations.RemoveConstraint("order", "ck_orders_quantity")',
        done=f"SELECT NOT EXISTS ({_NAMED.format('ck_orders_quantity')})",
        undo=("ALTER TABLE orders ADD CONSTRAINT ck_orders_quantity CHECK (quantity >= 0)",),
    ),
)
