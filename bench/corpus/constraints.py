"""Constraints as Alembic revisions make them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def foreign_key_at_once() -> None:
    """dangerous: foreign-key-validates

    SHARE ROW EXCLUSIVE on both tables while each row is looked up.
    """
    op.create_foreign_key("invoices_order_fk", "invoices", "orders", ["order_id"], ["id"], source_schema="billing")


def foreign_key_in_a_batch() -> None:
    """dangerous: foreign-key-validates

    The column is new and the constraint comes after it, in a statement of its own: all rows are read.
    """
    with op.batch_alter_table("customers") as batch:
        batch.add_column(sa.Column("favourite_id", sa.Integer))
        batch.create_foreign_key("favourite_fk", "products", ["favourite_id"], ["id"])


def foreign_key_not_valid() -> None:
    """safe: foreign-key-validates

    NOT VALID reads no row.
    """
    op.create_foreign_key(
        "invoices_order_fk",
        "invoices",
        "orders",
        ["order_id"],
        ["id"],
        source_schema="billing",
        postgresql_not_valid=True,
    )


def foreign_key_of_a_new_table() -> None:
    """look-alike: foreign-key-validates

    The new table has no rows to look up.
    """
    op.create_table(
        "refunds",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("order_id", sa.BigInteger, sa.ForeignKey("orders.id"), nullable=False),
    )
    op.create_foreign_key("refunds_self_fk", "refunds", "refunds", ["id"], ["id"])


def check_at_once() -> None:
    """dangerous: check-validates

    Every row is read under ACCESS EXCLUSIVE.
    """
    op.create_check_constraint("total_not_negative", "orders", "total >= 0")


def check_not_valid() -> None:
    """safe: check-validates

    NOT VALID reads no row.
    """
    op.create_check_constraint("total_not_negative", "orders", sa.text("total >= 0"), postgresql_not_valid=True)


def check_not_valid_and_validate() -> None:
    """dangerous: validate-in-same-transaction

    The revision is one transaction: the first lock is held while the rows are read.
    """
    op.create_check_constraint("total_not_negative", "orders", "total >= 0", postgresql_not_valid=True)
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT total_not_negative")


def validate_what_was_there() -> None:
    """look-alike: validate-in-same-transaction

    The constraint was added by an earlier revision; VALIDATE alone lets reads and writes through.
    """
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_product_fk")


def unique_constraint() -> None:
    """dangerous: unique-constraint-builds-index

    Its index is built under ACCESS EXCLUSIVE.
    """
    op.create_unique_constraint("invoices_number_key", "invoices", ["number"], schema="billing")


def unique_constraint_from_an_index() -> None:
    """safe: unique-constraint-builds-index

    The index is there already.
    """
    op.execute("ALTER TABLE customers ADD CONSTRAINT customers_email_unique UNIQUE USING INDEX customers_email_key")


def primary_key() -> None:
    """dangerous: primary-key-builds-index

    Its index is built under ACCESS EXCLUSIVE.
    """
    op.create_primary_key("invoices_pkey", "invoices", ["id"], schema="billing")


def primary_key_of_a_new_table() -> None:
    """look-alike: primary-key-builds-index

    There is nothing to index.
    """
    op.create_table("vouchers", sa.Column("id", sa.BigInteger, nullable=False))
    op.create_primary_key("vouchers_pkey", "vouchers", ["id"])


def exclusion_constraint() -> None:
    """dangerous: exclusion-constraint

    Its index is built under ACCESS EXCLUSIVE.
    """
    op.create_exclude_constraint("no_overlap", "bookings", ("during", "&&"), using="gist")


def exclusion_constraint_of_a_new_table() -> None:
    """look-alike: exclusion-constraint

    There is nothing to index.
    """
    op.create_table(
        "rentals",
        sa.Column("car", sa.Integer, nullable=False),
        sa.Column("during", postgresql.TSRANGE(), nullable=False),
        postgresql.ExcludeConstraint(("during", "&&"), using="gist"),
    )


def set_not_null() -> None:
    """dangerous: set-not-null-scans

    Every row is read under ACCESS EXCLUSIVE.
    """
    op.alter_column("orders", "note", existing_type=sa.Text(), nullable=False)


def set_not_null_with_a_valid_check() -> None:
    """safe: set-not-null-scans

    A valid CHECK says that no row has NULL.
    """
    op.alter_column("orders", "shipped_at", existing_type=sa.DateTime(timezone=True), nullable=False)


def set_not_null_where_it_is_so_already() -> None:
    """look-alike: set-not-null-scans

    Nothing changes, and nothing is read.
    """
    op.alter_column("products", "title", nullable=False)


def new_column_with_a_foreign_key() -> None:
    """dangerous: foreign-key-validates

    Alembic sends two statements, ADD COLUMN and ADD FOREIGN KEY; the second one reads every row.
    """
    op.add_column("order_items", sa.Column("warehouse_id", sa.BigInteger, sa.ForeignKey("customers.id"), nullable=True))


def new_column_with_a_foreign_key_in_one_statement() -> None:
    """look-alike: foreign-key-validates

    PostgreSQL knows that the column is new and all NULL: no row is read.
    """
    op.execute("ALTER TABLE order_items ADD COLUMN warehouse_id bigint REFERENCES customers (id)")


def new_column_that_is_unique() -> None:
    """dangerous: unique-constraint-builds-index

    Alembic sends ADD UNIQUE by itself; its index is built under ACCESS EXCLUSIVE.
    """
    op.add_column("customers", sa.Column("referral_code", sa.Text, unique=True))


def new_column_with_an_index() -> None:
    """dangerous: create-index-blocks-writes

    index=True sends CREATE INDEX, which reads every row under SHARE.
    """
    op.add_column("customers", sa.Column("referral_code", sa.Text, index=True))
