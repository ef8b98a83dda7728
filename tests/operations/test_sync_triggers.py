"""What the triggers make of each write, by old code and by new code."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

import psycopg
import pytest

from midflight.errors import MidflightError, SqlSyntaxError
from midflight.operations.change_name import change_name, fitting
from midflight.sql.names import Name
from midflight.sql.row_variable import columns_in, with_row_variable
from operations.cycle import Case, applied, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from midflight.pg.addresses import Address
    from operations.stage import Stage

EMBEDDED = 18
RENAME = 'op.rename_column("users", "name", "full_name", phase="{}")'
SPLIT = """op.split_column("users", "name", {{
    "first": (sa.Text, "split_part(name, ' ', 1)"), "last": (sa.Text, "nullif(split_part(name, ' ', 2), '')")
}}, back="concat_ws(' ', first, last)", phase="{}")"""
USERS = "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL DEFAULT 'no body', n int)"
UNFILLED = f"{USERS}; INSERT INTO users VALUES (1, 'Ada King Lovelace', 0)"


@contextlib.contextmanager
def expanded(stage: Stage, folder: Path, setup: str, call: str) -> Iterator[Address]:
    """A database after the first phase."""
    write(folder, Case("expand", setup, call.format("expand"), "pass", "SELECT true"), "asyncpg")
    database = stage.clone(setup)
    try:
        applied(folder, database)
        yield database
    finally:
        stage.drop(database)


@pytest.mark.parametrize(
    ("setup", "sql", "row"),
    [
        (USERS, "INSERT INTO users (id, name) VALUES (1, 'a')", "a|a"),
        (USERS, "INSERT INTO users (id, full_name) VALUES (1, 'a')", "a|a"),
        (USERS, "INSERT INTO users (id) VALUES (1)", "no body|no body"),
        (USERS, "INSERT INTO users (id, name, full_name) VALUES (1, 'a', 'b')", "b|b"),
        (UNFILLED, "UPDATE users SET name = 'a'", "a|a"),
        (UNFILLED, "UPDATE users SET full_name = 'a'", "a|a"),
        (UNFILLED, "UPDATE users SET name = 'a', full_name = 'b'", "b|b"),
        (UNFILLED, "UPDATE users SET n = 1", "Ada King Lovelace|Ada King Lovelace"),
        (UNFILLED, "UPDATE users SET full_name = NULL", "Ada King Lovelace|Ada King Lovelace"),
        (UNFILLED, "INSERT INTO users (id, name) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET n = 2", "Ada.*|Ada.*"),
        (
            UNFILLED,
            "INSERT INTO users (id, full_name) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET full_name = 'b'",
            "b|b",
        ),
    ],
)
def test_a_renamed_column(stage: Stage, tmp_path: Path, setup: str, sql: str, row: str) -> None:
    with expanded(stage, tmp_path, setup, RENAME) as database:
        stage.send(database, sql)
        found = stage.value(database, "SELECT concat_ws('|', name, coalesce(full_name, '-')) FROM users")
        assert re.fullmatch(row.replace("|", r"\|"), str(found)), found


def test_null_is_refused_through_either_column(stage: Stage, tmp_path: Path) -> None:
    with expanded(stage, tmp_path, UNFILLED, RENAME) as database:
        stage.send(database, "UPDATE users SET full_name = 'a'")
        for column in ("name", "full_name"):
            with pytest.raises(Exception, match="null value in column"):
                stage.send(database, f"UPDATE users SET {column} = NULL")


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        ("UPDATE users SET n = 1", "Ada King Lovelace|Ada|King"),
        (
            "UPDATE users SET first = split_part(name, ' ', 1), last = split_part(name, ' ', 2)",
            "Ada King Lovelace|Ada|King",
        ),
        ("UPDATE users SET name = 'Bea Arthur Maud'", "Bea Arthur Maud|Bea|Arthur"),
        ("UPDATE users SET first = 'Bea'", "Bea King|Bea|King"),
        ("UPDATE users SET first = 'Bea', last = 'van Damme'; UPDATE users SET n = 1", "Bea van Damme|Bea|van Damme"),
        ("UPDATE users SET first = 'Bea', last = 'van Damme'; UPDATE users SET last = NULL", "Bea|Bea|-"),
        ("UPDATE users SET first = 'B'; UPDATE users SET first = NULL, last = NULL; UPDATE users SET n = 1", "|-|-"),
        ("DELETE FROM users; INSERT INTO users (id, first) VALUES (1, 'Bea')", "Bea|Bea|-"),
        ("DELETE FROM users; INSERT INTO users (id) VALUES (1)", "no body|no|body"),
    ],
)
def test_what_was_written_is_not_overwritten_by_what_is_made_of_it(
    stage: Stage, tmp_path: Path, sql: str, row: str
) -> None:
    with expanded(stage, tmp_path, UNFILLED, SPLIT) as database:
        stage.send(database, sql)
        query = "SELECT concat_ws('|', name, coalesce(first, '-'), coalesce(last, '-')) FROM users"
        assert stage.value(database, query) == row


def test_a_row_that_moves_to_another_partition_stays_as_it_was_written(stage: Stage, tmp_path: Path) -> None:
    setup = """
    CREATE TABLE users (id int, name text) PARTITION BY LIST (id);
    CREATE TABLE users_1 PARTITION OF users FOR VALUES IN (1);
    CREATE TABLE users_2 PARTITION OF users FOR VALUES IN (2);
    INSERT INTO users VALUES (1, 'x')
    """
    with expanded(stage, tmp_path, setup, SPLIT) as database:
        stage.send(database, "UPDATE users SET id = 2, name = 'Ada King Lovelace'")
        query = "SELECT concat_ws('|', name, first, last) FROM users_2"
        assert stage.value(database, query) == "Ada King Lovelace|Ada|King"


def test_tables_of_one_name_in_two_schemas_keep_apart(stage: Stage, tmp_path: Path) -> None:
    shop = "CREATE SCHEMA shop; CREATE TABLE shop.users (name text PRIMARY KEY)"
    call = "; ".join((RENAME, RENAME.replace("phase", 'schema="shop", phase'))).replace("{}", "expand")
    with expanded(stage, tmp_path, f"{UNFILLED}; {shop}", call) as database:
        stage.send(database, "UPDATE users SET name = 'a'; INSERT INTO shop.users (full_name) VALUES ('b')")
        assert stage.value(database, "SELECT full_name FROM users") == "a"
        assert stage.value(database, "SELECT name FROM shop.users") == "b"
        functions = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'midflight'::regnamespace"
        assert stage.value(database, functions) == 4


def test_what_a_trigger_of_the_table_sets_is_followed(stage: Stage, tmp_path: Path) -> None:
    setup = f"""{UNFILLED};
    CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.name := upper(new.name); RETURN new; END';
    CREATE TRIGGER z_shout BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION shout()
    """
    with expanded(stage, tmp_path, setup, RENAME) as database:
        for sql in ("UPDATE users SET n = 1", "UPDATE users SET name = 'a'", "UPDATE users SET n = 2"):
            stage.send(database, sql)
            assert stage.value(database, "SELECT full_name = name AND name = upper(name) FROM users") is True, sql


@pytest.mark.parametrize(
    ("type_", "before", "after"),
    [
        ("json", '{"a": 1}', '{"a":1}'),
        ("xml", "<a/>", "<b/>"),
        ("point", "(1,2)", "(2,1)"),
        ("box", "(1,1),(0,0)", "(2,2),(1,1)"),
        ("interval", "24:00:00", "1 day"),
        ("numeric", "1.0", "1.00"),
        ("int[]", "{1}", "{1,NULL}"),
        ("mood", "sad", "ok"),
    ],
)
def test_each_change_is_seen_whatever_the_type_takes_for_equal(
    stage: Stage, tmp_path: Path, type_: str, before: str, after: str
) -> None:
    setup = f"""
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE TABLE users (id int, name {type_}); INSERT INTO users VALUES (1, '{before}')
    """
    with expanded(stage, tmp_path, setup, RENAME) as database:
        for column, value in (("name", after), ("full_name", before), ("full_name", after)):
            stage.send(database, f"UPDATE users SET {column} = '{value}'")
            told = stage.value(database, "SELECT concat_ws('|', name::text, full_name::text) FROM users")
            assert told == f"{value}|{value}"


def test_a_change_of_case_is_seen_where_the_collation_does_not_care(stage: Stage, tmp_path: Path) -> None:
    if stage.major == EMBEDDED:
        return  # built without ICU
    setup = """
    CREATE COLLATION deaf (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    CREATE TABLE users (id int, name text COLLATE deaf); INSERT INTO users VALUES (1, 'a')
    """
    with expanded(stage, tmp_path, setup, RENAME) as database:
        stage.send(database, "UPDATE users SET name = 'A'")
        assert stage.value(database, "SELECT full_name::bytea = 'A'::bytea FROM users") is True


def test_a_role_without_rights_on_the_schema_of_the_functions_writes_both(stage: Stage, tmp_path: Path) -> None:
    with expanded(stage, tmp_path, UNFILLED, SPLIT) as database, psycopg.connect(database.url("postgresql")) as session:
        session.execute(
            "CREATE ROLE midflight_test_writer; GRANT SELECT, INSERT, UPDATE ON users TO midflight_test_writer"
        )
        session.execute("REVOKE ALL ON SCHEMA midflight FROM PUBLIC; SET LOCAL ROLE midflight_test_writer")
        session.execute("SET LOCAL search_path = pg_catalog")
        session.execute("UPDATE public.users SET name = 'Bea Arthur'")
        session.execute("INSERT INTO public.users (id, first, last) VALUES (2, 'Ada', 'King')")
        rows = session.execute("SELECT name, first, last FROM public.users ORDER BY id").fetchall()
        assert rows == [("Bea Arthur", "Bea", "Arthur"), ("Ada King", "Ada", "King")]
        session.rollback()


@pytest.mark.parametrize(
    ("setup", "call", "said"),
    [
        (
            "CREATE TABLE users (id int, name text GENERATED ALWAYS AS (id::text) STORED)",
            RENAME,
            "is a generated column",
        ),
        ("CREATE TABLE users (id int)", RENAME, "there is no column name"),
        ("SELECT 1", RENAME, "there is no table users"),
        ("CREATE TABLE users (name text) PARTITION BY LIST (name)", RENAME, "is partitioned by name"),
        (
            "CREATE TABLE users (id int, name text, PRIMARY KEY (id, name)) PARTITION BY LIST (id)",
            RENAME,
            "is in the key users_pkey",
        ),
        ("CREATE TABLE users (id int, name text)", SPLIT.replace("' ', 1", "id, 1"), "reads id"),
        ("CREATE TABLE users (id int, name text)", SPLIT.replace("nullif(", "nullif(("), "syntax error"),
        ("CREATE TABLE users (id int, name text)", SPLIT.replace("concat_ws(", "(SELECT 1) || ("), "sub-select"),
    ],
)
def test_what_cannot_be_kept_in_step_is_refused_before_anything_is_done(
    stage: Stage, tmp_path: Path, setup: str, call: str, said: str
) -> None:
    with pytest.raises(MidflightError, match=said), expanded(stage, tmp_path, setup, call):
        pass


def test_a_row_variable_goes_before_columns_alone() -> None:
    rewritten = with_row_variable("round(total * 100) || 'total' || total.x || \"Total\"::text", {"total", "Total"})
    assert rewritten == "((round(new.total * 100) || 'total') || total.x) || new.\"Total\"::text"
    assert columns_in("lower(a) || b || a") == ("a", "b")
    for wrong in ("a, b", "a AS b", "a FROM t", "a; DROP TABLE t", "(SELECT a)", ""):
        with pytest.raises(SqlSyntaxError):
            with_row_variable(wrong, {"a"})


def test_long_names_are_cut_and_stay_apart() -> None:
    names = {change_name(Name(None, "t" * 50), "column", f"{'n' * 40}{number}") for number in range(3)}
    assert len(names) == 3
    assert all(len(name.encode()) == 63 for name in names)
    assert change_name(Name("shop", "users"), "name", "full_name") == "shop_users_name_full_name"
    assert change_name(Name("public", "users"), "name", "full_name") == "users_name_full_name"
    assert fitting("ä" * 40).encode()[:54].decode() == "ä" * 27
