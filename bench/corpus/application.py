"""What the running application's code names, as Alembic revisions change it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def drop_column() -> None:
    """dangerous: drop-column

    Queries of the running release that name it fail.
    """
    op.drop_column("customers", "avatar")


def drop_column_in_a_batch() -> None:
    """dangerous: drop-column

    On PostgreSQL batch_alter_table sends what plain operations would send.
    """
    with op.batch_alter_table("customers", schema="public") as batch:
        batch.add_column(sa.Column("picture", sa.LargeBinary))
        batch.drop_column("avatar")


def rename_column() -> None:
    """dangerous: rename-column

    During the rollout one of the two releases names what is not there.
    """
    op.alter_column("customers", "nickname", new_column_name="alias")


def rename_column_of_a_new_table() -> None:
    """look-alike: rename-column

    The running release does not know it.
    """
    op.create_table("vouchers", sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("kode", sa.Text))
    op.alter_column("vouchers", "kode", new_column_name="code")


def rename_table() -> None:
    """dangerous: rename-table

    During the rollout one of the two releases names what is not there.
    """
    op.rename_table("audit_log", "audit_entries")


def rename_table_and_leave_a_view() -> None:
    """look-alike: rename-table

    A view takes the old name when the revision commits.
    """
    op.rename_table("audit_log", "audit_entries")
    op.execute("CREATE VIEW audit_log AS SELECT * FROM audit_entries")


def drop_table() -> None:
    """dangerous: drop-table

    Queries of the running release that name it fail, and its rows are gone.
    """
    op.drop_table("bookings")


def drop_table_of_this_revision() -> None:
    """look-alike: drop-table

    The running release does not know it.
    """
    op.create_table("scratch", sa.Column("id", sa.Integer))
    op.drop_table("scratch")


def drop_table_with_two_foreign_keys() -> None:
    """dangerous: many-foreign-keys-dropped

    ACCESS EXCLUSIVE on both tables that it refers to, one after the other.
    """
    op.drop_table("order_items")


def drop_view() -> None:
    """dangerous: drop-view

    Queries of the running release that name it fail.
    """
    op.execute("DROP VIEW IF EXISTS paid_orders")


def rename_view() -> None:
    """dangerous: rename-view

    During the rollout one of the two releases names what is not there.
    """
    op.execute("ALTER MATERIALIZED VIEW daily_sales RENAME TO sales_of_the_day")


def table_to_another_schema() -> None:
    """dangerous: set-schema-breaks

    Queries that find it in the old schema fail.
    """
    op.execute("ALTER TABLE settings SET SCHEMA billing")


def rename_enum_value() -> None:
    """dangerous: rename-enum-value

    The running release writes the old label, which is none any more.
    """
    op.execute("ALTER TYPE order_status RENAME VALUE 'new' TO 'open'")


def enum_made_anew() -> None:
    """dangerous: enum-recreated | change-type-rewrites

    The table is written anew, and open connections that know the old type fail once.
    """
    op.execute("ALTER TYPE mood RENAME TO mood_old")
    mood = postgresql.ENUM("sad", "ok", name="mood")
    mood.create(op.get_bind())
    op.alter_column("customers", "mood", type_=mood, postgresql_using="mood::text::mood")
    op.execute("DROP TYPE mood_old")


def enum_value_used_at_once() -> None:
    """dangerous: enum-value-used-in-same-transaction

    PostgreSQL refuses a new label before it is committed.
    """
    op.execute("ALTER TYPE order_status ADD VALUE 'lost'")
    op.execute("UPDATE orders SET status = 'lost' WHERE id = 1")


def enum_value_by_itself() -> None:
    """safe: enum-value-used-in-same-transaction

    Nothing uses it before it is committed.
    """
    op.execute("ALTER TYPE order_status ADD VALUE IF NOT EXISTS 'lost'")


def new_table_with_all_that_belongs_to_it() -> None:
    """safe: drop-table

    A new table, its index, its foreign key, its trigger and its comment.
    """
    op.create_table(
        "reviews",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("product_id", sa.Integer, sa.ForeignKey("products.id"), nullable=False, index=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True)),
        comment="what customers say",
    )
    op.execute("CREATE TRIGGER touch_reviews BEFORE UPDATE ON reviews FOR EACH ROW EXECUTE FUNCTION touch()")
