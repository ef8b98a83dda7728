"""Storage as Alembic revisions change it."""

from alembic import op


def vacuum_full() -> None:
    """dangerous: vacuum-full

    The table is written anew under ACCESS EXCLUSIVE.
    """
    with op.get_context().autocommit_block():
        op.execute("VACUUM FULL orders")


def vacuum_analyze() -> None:
    """safe: vacuum-full

    Without FULL it lets reads and writes through.
    """
    with op.get_context().autocommit_block():
        op.execute("VACUUM (VERBOSE, ANALYZE) orders")


def cluster() -> None:
    """dangerous: cluster

    The table is written anew under ACCESS EXCLUSIVE.
    """
    op.execute("CLUSTER orders USING orders_customer_idx")


def set_unlogged() -> None:
    """dangerous: set-logged

    The table is written anew under ACCESS EXCLUSIVE.
    """
    op.execute("ALTER TABLE audit_log SET UNLOGGED")


def refresh_view() -> None:
    """dangerous: refresh-view-blocks

    ACCESS EXCLUSIVE on the view while its query runs.
    """
    op.execute("REFRESH MATERIALIZED VIEW top_customers")


def refresh_of_a_new_view() -> None:
    """look-alike: refresh-view-blocks

    Nobody reads it before the revision commits.
    """
    op.execute("CREATE MATERIALIZED VIEW titles AS SELECT id, title FROM products WITH NO DATA")
    op.execute("REFRESH MATERIALIZED VIEW titles")


def set_tablespace() -> None:
    """dangerous: set-tablespace

    The table is copied under ACCESS EXCLUSIVE.
    """
    op.execute("ALTER TABLE audit_log SET TABLESPACE archive")
