"""Changes of rows as Alembic revisions make them."""

import sqlalchemy as sa
from alembic import op


def update_of_all_rows() -> None:
    """dangerous: unbatched-update

    Every row is written and stays locked until the revision commits.
    """
    customers = sa.table("customers", sa.column("tier", sa.Text))
    op.execute(customers.update().values(tier="free"))


def update_where_it_is_still_null() -> None:
    """dangerous: unbatched-update

    The WHERE may well find every row.
    """
    op.execute("UPDATE orders SET note = '' WHERE note IS NULL")


def update_through_the_connection() -> None:
    """dangerous: unbatched-update

    get_bind() sends to the same server.
    """
    op.get_bind().execute(sa.text("UPDATE orders SET status = :status"), {"status": "paid"})


def update_of_one_row() -> None:
    """safe: unbatched-update

    One row by its key.
    """
    settings = sa.table("settings", sa.column("key", sa.Text), sa.column("value", sa.Text))
    op.execute(settings.update().where(settings.c.key == "currency").values(value="EUR"))


def update_of_a_range_of_keys() -> None:
    """look-alike: unbatched-update

    Both ends of the key's range are given.
    """
    op.execute(sa.text("UPDATE orders SET note = '' WHERE id >= 1 AND id < 1000"))


def delete_of_old_rows() -> None:
    """dangerous: unbatched-delete

    However many they are, they are deleted in one go.
    """
    sessions = sa.table("sessions", sa.column("expires_at", sa.DateTime(timezone=True)))
    op.execute(sessions.delete().where(sessions.c.expires_at < sa.func.now()))


def delete_of_all_rows() -> None:
    """dangerous: delete-without-where

    All rows are gone when the revision commits.
    """
    op.execute(sa.delete(sa.table("bookings")))


def delete_of_a_few_keys() -> None:
    """look-alike: delete-without-where

    Two rows by their keys.
    """
    settings = sa.table("settings", sa.column("key", sa.Text))
    op.execute(settings.delete().where(settings.c.key.in_(["old", "older"])))


def truncate() -> None:
    """dangerous: truncate

    All rows are gone when the revision commits.
    """
    op.execute("TRUNCATE TABLE audit_log")


def truncate_cascade() -> None:
    """dangerous: truncate-cascade

    It empties orders and their items too, which it does not name.
    """
    op.execute("TRUNCATE TABLE customers CASCADE")


def drop_type_cascade() -> None:
    """dangerous: drop-cascade

    It drops the column of each table that has the type.
    """
    op.execute("DROP TYPE IF EXISTS mood CASCADE")


def drop_schema() -> None:
    """dangerous: drop-schema

    All that is in it goes, unnamed.
    """
    op.execute(sa.schema.DropSchema("legacy", cascade=True))


def rows_of_a_table_that_is_new() -> None:
    """look-alike: delete-without-where

    Nobody else sees the table before the revision commits.
    """
    codes = op.create_table("codes", sa.Column("code", sa.Text))
    op.bulk_insert(codes, [{"code": "a"}, {"code": "b"}])
    op.execute("UPDATE codes SET code = upper(code)")
    op.execute("DELETE FROM codes")


def update_row_by_row() -> None:
    """look-alike: unbatched-update

    A row by its key each time.
    """
    bind = op.get_bind()
    for key in ("currency", "country"):
        bind.execute(sa.text("UPDATE settings SET value = upper(value) WHERE key = :key"), {"key": key})


def rows_of_a_live_table() -> None:
    """look-alike: ddl-and-backfill-in-one-transaction

    Two rows that are written out.
    """
    op.add_column("settings", sa.Column("hint", sa.Text))
    settings = sa.table("settings", sa.column("key", sa.Text), sa.column("value", sa.Text), sa.column("hint", sa.Text))
    op.bulk_insert(settings, [{"key": "vat", "value": "19", "hint": "%"}, {"key": "land", "value": "DE", "hint": None}])


def column_if_the_inspector_misses_it() -> None:
    """look-alike: drop-column

    The inspector says that there is no such column, so that nothing is dropped.
    """
    names = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("customers")]
    if "fax" in names:
        op.drop_column("customers", "fax")
    else:
        op.add_column("customers", sa.Column("fax", sa.Text))


def column_that_the_inspector_finds() -> None:
    """dangerous: drop-column

    The inspector says that the column is there, so that it is dropped.
    """
    names = [column["name"] for column in sa.inspect(op.get_bind()).get_columns("customers")]
    for name in ("fax", "avatar"):
        if name in names:
            op.drop_column("customers", name)
