"""Transactions as Alembic runs them: a revision is one, but for its autocommit_blocks."""

import sqlalchemy as sa
from alembic import op


def trigger_on_a_live_table() -> None:
    """dangerous: create-trigger-blocks

    It waits for SHARE ROW EXCLUSIVE, and every writer behind it.
    """
    op.execute("CREATE TRIGGER touch_orders BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()")


def lock_table() -> None:
    """dangerous: lock-table

    ACCESS EXCLUSIVE, waited for without a limit and held until the revision commits.
    """
    op.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
    op.add_column("orders", sa.Column("gift_note", sa.Text))


def lock_table_with_a_limit() -> None:
    """look-alike: lock-table

    It gives up soon, and the transaction does little.
    """
    op.execute("SET LOCAL lock_timeout = '500ms'")
    op.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
    op.add_column("orders", sa.Column("gift_note", sa.Text))


def two_tables() -> None:
    """dangerous: locks-several-tables

    The first stays locked while the second is waited for.
    """
    op.add_column("orders", sa.Column("gift_note", sa.Text))
    op.add_column("customers", sa.Column("locale", sa.Text))


def two_columns_of_one_table() -> None:
    """look-alike: repeated-alter

    The revision is one transaction: the lock is taken once and kept.
    """
    op.add_column("orders", sa.Column("gift_note", sa.Text))
    op.add_column("orders", sa.Column("gift_from", sa.Text))


def two_columns_in_autocommit() -> None:
    """dangerous: repeated-alter

    Each waits for ACCESS EXCLUSIVE anew, with every query behind it.
    """
    with op.get_context().autocommit_block():
        op.add_column("orders", sa.Column("gift_note", sa.Text))
        op.add_column("orders", sa.Column("gift_from", sa.Text))


def column_and_backfill() -> None:
    """dangerous: ddl-and-backfill-in-one-transaction | unbatched-update

    ACCESS EXCLUSIVE is held while every row is written.
    """
    op.add_column("customers", sa.Column("email_lower", sa.Text))
    customers = sa.table("customers", sa.column("email", sa.Text), sa.column("email_lower", sa.Text))
    op.execute(customers.update().values(email_lower=sa.func.lower(customers.c.email)))


def table_and_its_first_rows() -> None:
    """look-alike: ddl-and-backfill-in-one-transaction

    The table is new, and its rows are written out.
    """
    channels = op.create_table("channels", sa.Column("code", sa.Text, primary_key=True))
    op.bulk_insert(channels, [{"code": "web"}, {"code": "shop"}])
    op.add_column("orders", sa.Column("channel", sa.Text))


def table_filled_from_another() -> None:
    """dangerous: work-under-lock

    The orders are copied while the customers stay locked.
    """
    op.add_column("customers", sa.Column("locale", sa.Text))
    op.create_table("totals", sa.Column("customer_id", sa.BigInteger), sa.Column("total", sa.Numeric))
    op.execute("INSERT INTO totals SELECT customer_id, sum(total) FROM orders GROUP BY customer_id")


def column_then_index_in_autocommit() -> None:
    """dangerous: partial-commit

    The column is committed before the index is built: where that fails, the revision cannot be run again.
    """
    op.add_column("orders", sa.Column("gift_id", sa.BigInteger))
    with op.get_context().autocommit_block():
        op.create_index("orders_gift_idx", "orders", ["gift_id"], postgresql_concurrently=True)


def index_in_autocommit_then_constraint() -> None:
    """dangerous: partial-commit

    The index is committed before the constraint takes it over.
    """
    with op.get_context().autocommit_block():
        op.create_index(
            "invoices_number", "invoices", ["number"], unique=True, schema="billing", postgresql_concurrently=True
        )
    op.execute("ALTER TABLE billing.invoices ADD CONSTRAINT number_key UNIQUE USING INDEX invoices_number")


def column_that_can_be_added_again_then_index() -> None:
    """look-alike: partial-commit

    What is committed first can be run again.
    """
    op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS gift_id bigint")
    with op.get_context().autocommit_block():
        op.create_index("orders_gift_idx", "orders", ["gift_id"], postgresql_concurrently=True)
