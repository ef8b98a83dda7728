"""What an operation refuses, and what a failed one leaves behind."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from midflight.errors import MidflightError
from midflight.operations.add_enum_value import AddEnumValue
from midflight.operations.create_enum import CreateEnum
from midflight.operations.create_foreign_key import CreateForeignKey
from midflight.operations.create_index import CreateIndex
from midflight.operations.detach_partition import DetachPartition
from midflight.operations.drop_constraint import DropConstraint
from midflight.operations.drop_enum import DropEnum
from midflight.operations.drop_index import DropIndex
from midflight.operations.operation import IrreversibleError, Operation
from operations.cycle import Case, applied, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from midflight.pg.addresses import Address
    from operations.stage import Stage

SETUP = """
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, user_id int, total int, CONSTRAINT positive CHECK (id > 0));
INSERT INTO users VALUES (1);
INSERT INTO orders SELECT i, i, 1 FROM generate_series(1, 500) AS i;
CREATE INDEX ix ON orders (total);
CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE days (day int) PARTITION BY RANGE (day);
CREATE TABLE days_rest PARTITION OF days DEFAULT;
CREATE TABLE days_1 (day int);
INSERT INTO days SELECT 100 FROM generate_series(1, 500);
INSERT INTO days_1 VALUES (1)
"""
REFUSED = (
    ('op.create_index("ix", "orders", ["id"])', "index ix of orders is there already, with another definition"),
    ('op.create_index("ix", "orders", ["total"], unique=True)', "index ix of orders is there already"),
    ('op.create_unique_constraint("ix", "orders", ["total"])', "index ix of orders is there already"),
    ('op.create_check_constraint("positive", "orders", "total > 0")', "constraint positive of orders is there already"),
    (
        'op.create_foreign_key("positive", "orders", "users", ["user_id"], ["id"])',
        "constraint positive of orders is there already",
    ),
    ('op.create_index("ix", "users", ["id"])', "ix is there already, as an index of orders"),
    ('op.create_unique_constraint("orders", "users", ["id"])', "orders is there already, as a table"),
    ('op.create_enum("mood", ["happy"])', "enum mood is there already, with other values"),
    ('op.create_sequence("orders")', "orders is there already, as a table"),
    (
        'op.create_exclude_constraint("apart", "orders", ("id", "="), using="btree", row_limit=100)',
        "about 500 rows, and an exclusion constraint builds its index under a lock that stops all reads and writes",
    ),
    (
        'op.attach_partition("days", "days_1", "FOR VALUES FROM (1) TO (2)", row_limit=100)',
        "the default partition days_rest has about 500 rows",
    ),
    ('op.reindex("nothing")', "there is no index nothing"),
    ('op.reindex("ix", table_name="orders")', "reindex takes one index or one table"),
    ('op.create_check_constraint(None, "orders", "total > 0")', "a constraint needs a name"),
)
FAILED = (
    ('op.create_index("ix_one", "orders", ["total"], unique=True)', "could not create unique index", "ix_one"),
    ('op.create_unique_constraint("one", "orders", ["total"])', "could not create unique index", "one"),
)
IRREVERSIBLE: tuple[Operation, ...] = (
    AddEnumValue("mood", "ok"),
    DropConstraint("positive", "orders"),
    DropEnum("mood"),
    DropIndex("ix"),
    DetachPartition("days", "days_1"),
)
REVERSED = (
    (CreateEnum("mood", ("sad",), schema="s"), DropEnum("mood", schema="s", values=("sad",))),
    (DropEnum("mood", values=("sad",)), CreateEnum("mood", ("sad",))),
    (CreateIndex("ix", "t", ('"a"',), schema="s"), DropIndex("ix", "t", schema="s")),
    (
        CreateForeignKey("fk", "t", "u", ("a",), ("b",), source_schema="s"),
        DropConstraint("fk", "t", type_="foreignkey", schema="s"),
    ),
)


@contextmanager
def clone(stage: Stage, setup: str) -> Iterator[Address]:
    database = stage.clone(setup)
    try:
        yield database
    finally:
        stage.drop(database)


def case(code: str) -> Case:
    return Case("refused", setup=SETUP, up=code, down="pass", effect="")


def test_another_object_of_the_name_and_work_under_a_lock_are_refused(stage: Stage, tmp_path: Path) -> None:
    with clone(stage, SETUP) as database:
        before = stage.snapshot(database)
        for code, message in REFUSED:
            write(tmp_path, case(code), "asyncpg")
            with pytest.raises(MidflightError, match=message) as refused:
                applied(tmp_path, database)
            assert refused.value.hint, code
        assert stage.snapshot(database) == before


def test_an_index_that_cannot_be_built_leaves_nothing(stage: Stage, tmp_path: Path) -> None:
    with clone(stage, SETUP) as database:
        for code, message, name in FAILED:
            write(tmp_path, case(code), "asyncpg")
            with pytest.raises(MidflightError, match=message):
                applied(tmp_path, database)
            assert stage.value(database, f"SELECT to_regclass('{name}')") is None


def test_rows_that_break_a_foreign_key_are_told_and_the_same_command_goes_on(stage: Stage, tmp_path: Path) -> None:
    write(tmp_path, case('op.create_foreign_key("to_user", "orders", "users", ["user_id"], ["id"])'), "asyncpg")
    with clone(stage, SETUP) as database:
        with pytest.raises(MidflightError, match="violates foreign key constraint"):
            applied(tmp_path, database)
        stage.send(database, "INSERT INTO users SELECT generate_series(2, 500)")
        applied(tmp_path, database)
        assert stage.value(database, "SELECT convalidated FROM pg_constraint WHERE conname = 'to_user'") is True


def test_an_invalid_index_is_built_anew(stage: Stage, tmp_path: Path) -> None:
    write(tmp_path, case('op.create_index("ix", "orders", ["total"])'), "asyncpg")
    with clone(stage, SETUP) as database:
        stage.send(database, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix'::regclass")
        applied(tmp_path, database)
        assert stage.value(database, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix'::regclass") is True


@pytest.mark.parametrize("operation", IRREVERSIBLE, ids=lambda operation: type(operation).__name__)
def test_what_has_no_way_back_says_so(operation: Operation) -> None:
    with pytest.raises(IrreversibleError, match=r"does not tell|do not tell|cannot take a value out"):
        operation.reverse()


@pytest.mark.parametrize(("operation", "back"), REVERSED)
def test_the_way_back_keeps_what_is_known(operation: Operation, back: Operation) -> None:
    assert operation.reverse() == back


def test_names_follow_the_naming_convention_of_the_project(stage: Stage, tmp_path: Path) -> None:
    code = (
        'op.create_check_constraint("small", "orders", "total < 10")\n'
        'op.create_foreign_key(None, "orders", "orders", ["id"], ["id"])\n'
        'op.create_check_constraint(op.f("as_it_is"), "orders", "total < 10")\n'
        'op.drop_constraint("small", "orders", type_="check")'
    )
    write(tmp_path, case(code), "asyncpg")
    env = tmp_path / "migrations" / "env.py"
    convention = '{"ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s"}'
    metadata = (
        f"connection=connection, target_metadata=__import__('sqlalchemy').MetaData(naming_convention={convention}), "
    )
    env.write_text(env.read_text().replace("connection=connection, ", metadata))
    with clone(stage, SETUP) as database:
        applied(tmp_path, database)
        names = stage.value(
            database,
            "SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint "
            "WHERE conrelid = 'orders'::regclass AND contype IN ('c', 'f')",
        )
        assert names == "as_it_is fk_orders_id positive"
