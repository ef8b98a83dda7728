"""Indexes as Alembic revisions make them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def index_in_place() -> None:
    """dangerous: create-index-blocks-writes

    CREATE INDEX holds SHARE until the index is built: writes wait.
    """
    op.create_index("orders_product_idx", "orders", ["product_id"])


def gin_index_in_place() -> None:
    """dangerous: create-index-blocks-writes

    A GIN index takes longest of all to build, and holds SHARE as long.
    """
    op.create_index(
        "customers_name_gin",
        "customers",
        [sa.text("to_tsvector('simple', name)")],
        postgresql_using="gin",
    )


def index_by_execute_in_lower_case() -> None:
    """dangerous: create-index-blocks-writes

    The word CONCURRENTLY stands in a comment alone.
    """
    op.execute("create index /* not concurrently */ orders_note_idx on orders (note)")


def index_on_the_other_table() -> None:
    """dangerous: create-index-blocks-writes

    The new table is no excuse for the index on the one that is there.
    """
    op.create_table("order_tags", sa.Column("order_id", sa.BigInteger, nullable=False))
    op.create_index("order_tags_idx", "order_tags", ["order_id"])
    op.create_index("orders_coupon_idx", "orders", ["coupon"])


def index_by_a_formatted_string() -> None:
    """dangerous: create-index-blocks-writes

    What is sent counts, not how the revision puts it together.
    """
    for table, column in (("orders", "coupon"), ("orders", "note")):
        op.execute(f"CREATE INDEX {table}_{column}_idx ON {table} ({column})")


def index_in_a_batch() -> None:
    """dangerous: create-index-blocks-writes

    On PostgreSQL batch_alter_table sends what plain operations would send.
    """
    with op.batch_alter_table("orders") as batch:
        batch.create_index("orders_coupon_idx", ["coupon"])


def index_concurrently() -> None:
    """safe: create-index-blocks-writes

    CONCURRENTLY, outside of the transaction.
    """
    with op.get_context().autocommit_block():
        op.create_index("orders_product_idx", "orders", ["product_id"], postgresql_concurrently=True)


def index_of_a_new_table() -> None:
    """look-alike: create-index-blocks-writes

    Nobody else sees the table before the revision commits.
    """
    op.create_table(
        "wishes",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("customer_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("labels", postgresql.ARRAY(sa.Text)),
    )
    op.create_index("wishes_labels_idx", "wishes", ["labels"], postgresql_using="gin")


def index_on_a_partitioned_table() -> None:
    """dangerous: partitioned-index-blocks | create-index-blocks-writes

    SHARE on the table and on each partition until the last index is built.
    """
    op.create_index("events_kind_idx", "events", ["kind"])


def drop_index_in_place() -> None:
    """dangerous: drop-index-blocks

    DROP INDEX waits for ACCESS EXCLUSIVE on the table, and every query behind it.
    """
    op.drop_index("orders_placed_idx", table_name="orders")


def drop_index_concurrently() -> None:
    """safe: drop-index-blocks

    CONCURRENTLY waits without keeping anybody out.
    """
    with op.get_context().autocommit_block():
        op.drop_index("orders_placed_idx", table_name="orders", postgresql_concurrently=True)


def reindex_in_autocommit() -> None:
    """dangerous: reindex-blocks

    An autocommit_block does not make REINDEX concurrent.
    """
    with op.get_context().autocommit_block():
        op.execute("REINDEX TABLE orders")


def concurrently_without_autocommit() -> None:
    """dangerous: concurrently-in-transaction

    Alembic runs a revision in a transaction, where CONCURRENTLY is refused.
    """
    op.create_index("orders_product_idx", "orders", ["product_id"], postgresql_concurrently=True)


def drop_concurrently_without_autocommit() -> None:
    """dangerous: concurrently-in-transaction

    DROP INDEX CONCURRENTLY is refused in a transaction too.
    """
    op.execute("DROP INDEX CONCURRENTLY orders_placed_idx")


def refresh_concurrently_without_autocommit() -> None:
    """look-alike: concurrently-in-transaction

    REFRESH MATERIALIZED VIEW CONCURRENTLY is the one CONCURRENTLY that may run in a transaction.
    """
    op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY daily_sales")


def concurrently_if_not_exists() -> None:
    """dangerous: concurrently-if-not-exists

    IF NOT EXISTS is content with the INVALID index that a failed build left behind.
    """
    with op.get_context().autocommit_block():
        op.create_index(
            "orders_product_idx", "orders", ["product_id"], postgresql_concurrently=True, if_not_exists=True
        )
