"""New columns as Alembic revisions make them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def required_column() -> None:
    """dangerous: add-required-column

    It fails where there are rows, and breaks each INSERT of the running release.
    """
    op.add_column("customers", sa.Column("locale", sa.String(10), nullable=False))


def required_column_with_a_default_of_python() -> None:
    """dangerous: add-required-column

    default= is SQLAlchemy's own and never reaches the database; server_default= would.
    """
    op.add_column("customers", sa.Column("locale", sa.String(10), nullable=False, default="en"))


def required_column_with_a_server_default() -> None:
    """look-alike: add-required-column

    A constant default is kept in the catalog; no row is written.
    """
    op.add_column("customers", sa.Column("locale", sa.String(10), nullable=False, server_default="en"))


def nullable_column_in_a_batch() -> None:
    """safe: add-required-column

    The catalog alone changes.
    """
    with op.batch_alter_table("customers") as batch:
        batch.add_column(sa.Column("birthday", sa.Date(), nullable=True))


def column_with_a_random_default() -> None:
    """dangerous: volatile-default-rewrites

    Each row gets a value of its own, so the table is written anew under ACCESS EXCLUSIVE.
    """
    op.add_column(
        "orders",
        sa.Column("public_id", postgresql.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    )


def column_with_now_as_default() -> None:
    """look-alike: volatile-default-rewrites

    now() is stable: evaluated once, kept in the catalog.
    """
    op.add_column(
        "orders", sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)
    )


def column_with_an_enum_of_its_own() -> None:
    """look-alike: volatile-default-rewrites

    A new type and a constant default: the catalog alone changes.
    """
    channel = postgresql.ENUM("web", "shop", name="channel")
    channel.create(op.get_bind())
    op.add_column("orders", sa.Column("channel", channel, server_default="web", nullable=False))


def column_with_a_sequence() -> None:
    """dangerous: serial-column-rewrites | volatile-default-rewrites

    nextval() is volatile: each row takes a number, and the table is written anew.
    """
    op.add_column("orders", sa.Column("receipt", sa.BigInteger, server_default=sa.text("nextval('receipt_numbers')")))


def stored_computed_column() -> None:
    """dangerous: generated-column-rewrites

    Each row gets its value, so the table is written anew.
    """
    op.add_column("customers", sa.Column("email_lower", sa.Text, sa.Computed("lower(email)", persisted=True)))


def new_identity_column() -> None:
    """dangerous: identity-column-rewrites

    The rows that are there are numbered, so the table is written anew.
    """
    op.add_column("bookings", sa.Column("id", sa.BigInteger, sa.Identity(always=True)))


def column_becomes_an_identity_column() -> None:
    """dangerous: identity-rejects-inserts

    INSERTs of the running release that give it a value fail: ALWAYS refuses it.
    """
    op.alter_column("products", "id", existing_type=sa.Integer(), server_default=sa.Identity(always=True))


def required_column_whose_default_goes_at_once() -> None:
    """dangerous: add-not-null-without-default

    The running release does not name the column, and its INSERTs fail without the default.
    """
    op.add_column("customers", sa.Column("locale", sa.Text, server_default="en", nullable=False))
    op.alter_column("customers", "locale", server_default=None)


def drop_server_default() -> None:
    """dangerous: drop-default

    INSERTs that leave it out fail from then on.
    """
    op.alter_column("products", "stock", existing_type=sa.Integer(), server_default=None)


def change_server_default() -> None:
    """safe: drop-default

    INSERTs that leave the column out go on working.
    """
    op.alter_column("products", "stock", existing_type=sa.Integer(), server_default="1")


def column_becomes_nullable() -> None:
    """dangerous: drop-not-null

    The running release reads NULL where there never was one.
    """
    op.alter_column("products", "title", existing_type=sa.Text(), nullable=True)


def column_is_said_to_be_nullable_again() -> None:
    """look-alike: drop-not-null

    It is nullable already: nothing changes.
    """
    op.alter_column("customers", "name", existing_type=sa.Text(), existing_nullable=True, nullable=True)


def comment_on_a_column() -> None:
    """look-alike: drop-not-null

    A comment needs SHARE UPDATE EXCLUSIVE alone; existing_type= and existing_nullable= send nothing.
    """
    op.alter_column(
        "customers", "email", existing_type=sa.String(100), existing_nullable=False, comment="as they gave it"
    )
