"""Changes of type as Alembic revisions make them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def integer_to_bigint() -> None:
    """dangerous: change-type-rewrites

    The table and its indexes are written anew under ACCESS EXCLUSIVE.
    """
    op.alter_column("products", "stock", existing_type=sa.Integer(), type_=sa.BigInteger())


def json_to_jsonb_with_using() -> None:
    """dangerous: change-type-rewrites

    They are stored in different ways.
    """
    op.alter_column("customers", "settings", type_=postgresql.JSONB(), postgresql_using="settings::jsonb")


def type_and_default_together() -> None:
    """dangerous: change-type-rewrites

    The new default is harmless; the new type writes the table anew.
    """
    op.alter_column("products", "stock", type_=sa.Numeric(12, 2), server_default="0", existing_nullable=False)


def longer_string() -> None:
    """look-alike: change-type-rewrites

    A higher limit changes the catalog alone.
    """
    op.alter_column("customers", "phone", existing_type=sa.String(20), type_=sa.String(64))


def string_to_text() -> None:
    """look-alike: change-type-rewrites

    They are stored alike.
    """
    with op.batch_alter_table("customers") as batch:
        batch.alter_column("email", existing_type=sa.String(100), type_=sa.Text(), existing_nullable=False)


def type_is_said_again() -> None:
    """look-alike: change-type-rewrites

    The type is the one that the column has.
    """
    op.alter_column("products", "stock", existing_type=sa.Integer(), type_=sa.Integer())


def numeric_with_more_digits() -> None:
    """look-alike: change-type-rewrites

    A higher precision with the same scale changes the catalog alone.
    """
    op.alter_column("products", "price", existing_type=sa.Numeric(10, 2), type_=sa.Numeric(14, 2))


def other_collation() -> None:
    """dangerous: alter-collation

    The index on the column is built anew under ACCESS EXCLUSIVE.
    """
    op.alter_column("customers", "name", type_=sa.Text(collation="C"))


def shorter_string() -> None:
    """dangerous: lossy-type-change | change-type-rewrites

    A longer value makes it fail.
    """
    op.alter_column("customers", "email", existing_type=sa.String(100), type_=sa.String(40))


def bigint_to_integer() -> None:
    """dangerous: lossy-type-change | change-type-rewrites

    A value out of range makes it fail; the table is written anew.
    """
    op.alter_column("audit_log", "id", existing_type=sa.BigInteger(), type_=sa.Integer())
