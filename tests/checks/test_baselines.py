"""A history that does not start from nothing: a dump, metadata or a callable stands before its first revision."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from checks.projects import INI, Revision, env_py, run_check, write_project
from midflight.bridge.baseline import load_baseline
from midflight.errors import BaselineError

if TYPE_CHECKING:
    from midflight.pg.addresses import Address

COLUMN = Revision(
    "a1",
    up='op.execute("ALTER TABLE customers ADD COLUMN name text")',
    down='op.execute("ALTER TABLE customers DROP COLUMN name")',
)
SCHEMA = """
CREATE SCHEMA shop;
CREATE TYPE shop.mood AS ENUM ('well', 'ill');
CREATE TABLE customers (id int PRIMARY KEY, mood shop.mood, note text DEFAULT E'a\\nb;');
CREATE FUNCTION shop.one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$;
CREATE VIEW shop.well AS SELECT id FROM customers WHERE mood = 'well';
"""
MODELS = """
import asyncio

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"
    id = sa.Column(sa.Integer, primary_key=True)


metadata = Base.metadata
number = 1


class Schema:
    @staticmethod
    def make(connection):
        connection.execute(sa.text("CREATE TABLE customers (id int)"))


async def make(connection):
    await connection.run_sync(Schema.make)


async def make_with_a_plain_connection(connection):
    await asyncio.sleep(0)
    Schema.make(connection)


def wrong(connection):
    connection.execute(sa.text("CREATE TABLE customers (id nothing)"))
"""


async def test_a_dump_of_a_real_database(tmp_path: Path, database: Address, cache_folder: Path) -> None:
    """Its owner and its readers are roles of the server: the setting names them."""
    connection: asyncpg.Connection = await asyncpg.connect(**database.asyncpg_arguments())
    owner, reader = f"owner_{database.database}", f"reader {database.database}"
    await connection.execute(f'{SCHEMA}CREATE ROLE {owner}; CREATE ROLE "{reader}"')
    try:
        await connection.execute(
            f'ALTER TABLE customers OWNER TO {owner}; GRANT SELECT ON customers TO "{reader}";'
            f"CREATE SCHEMA private AUTHORIZATION {owner}"
        )
        dump = dump_of(database, connection.get_server_version().major, cache_folder)
    finally:
        await connection.execute(f'DROP OWNED BY {owner}, "{reader}" CASCADE; DROP ROLE {owner}, "{reader}"')
        major = connection.get_server_version().major
        await connection.close()
    assert "\\restrict" in dump
    toml = f"[tool.midflight]\nbaseline = 'dump.sql'\nroles = ['{owner}', '{reader}']\npostgres = {major}\n"
    folder = write_project(tmp_path, COLUMN, toml=toml)
    (folder / "dump.sql").write_text(dump)
    auto = {"MIDFLIGHT_SHADOW": "auto"}
    checked = run_check(folder, env=auto)
    assert checked.outcomes() == {"a1": "passed"}, checked.err
    assert checked.round_trips() == {"a1": "same"}
    assert checked.document["server"]["major"] == major

    (folder / "pyproject.toml").write_text(re.sub("roles.*\n", "", toml))
    without = run_check(folder, env=auto)
    assert (without.code, without.out) == (2, "")
    error, hint = without.err.splitlines()
    assert re.fullmatch(rf'error: baseline \S*dump\.sql, line \d+: role "{owner}" does not exist', error)
    assert f"name {owner} in [tool.midflight] roles" in hint


@pytest.mark.parametrize(
    ("reference", "driver"),
    [
        ("metadata", "psycopg2"),
        ("Base", "asyncpg"),
        ("Schema.make", "asyncpg"),
        ("make", "asyncpg"),
        ("make_with_a_plain_connection", "psycopg2"),
    ],
)
def test_models_and_callables(tmp_path: Path, reference: str, driver: str) -> None:
    folder = write_project(tmp_path, COLUMN, env=env_py(driver))
    (folder / "own_models.py").write_text(MODELS)
    checked = run_check(folder, "--baseline", f"own_models:{reference}")
    assert checked.outcomes() == {"a1": "passed"}, checked.err
    assert checked.round_trips() == {"a1": "same"}


def test_what_cannot_be_a_baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models_of_nobody.py").write_text(MODELS)
    (tmp_path / "broken_models.py").write_text("import nothing_like_it\n")
    monkeypatch.setattr(sys, "path", [*sys.path])
    for reference, said in {
        "models_of_nobody:nothing": "'nothing' is not there",
        "models_of_nobody:Schema.nothing": "'nothing' is not there",
        "models_of_nobody:number": "neither MetaData nor a callable but int",
        "no_such_models:Base": "No module named 'no_such_models'",
        "broken_models:Base": "No module named 'nothing_like_it'",
        ":Base": "baseline :Base: ",
        "models_of_nobody:": "baseline models_of_nobody:: ",
    }.items():
        with pytest.raises(BaselineError) as caught:
            load_baseline(reference, tmp_path)
        assert said in str(caught.value)


def test_a_baseline_that_fails(tmp_path: Path) -> None:
    ini = INI.replace("%(here)s/", "")
    folder = write_project(tmp_path / "service", COLUMN, ini=ini)  # its script_location is relative
    (folder / "own_models.py").write_text(MODELS)
    customers = "CREATE TABLE customers (id int);\n"
    (tmp_path / "schema.sql").write_text(f"{customers}\n-- the second\nCREATE TABLE t (id nothing);")
    config = ("--config", "service/alembic.ini")

    failing = run_check(tmp_path, *config, "--baseline", "schema.sql")
    assert (failing.code, failing.out) == (2, "")
    assert 'schema.sql, line 4: type "nothing" does not exist' in failing.err
    raising = run_check(folder, "--baseline", "own_models:wrong")
    assert (raising.code, raising.out) == (2, "")
    assert raising.err == 'error: baseline own_models:wrong: type "nothing" does not exist\n'
    missing = run_check(tmp_path, *config, "--baseline", "nothing.sql")
    assert (missing.code, missing.out) == (2, "")
    assert "nothing.sql: No such file or directory" in missing.err
    (tmp_path / "schema.sql").write_text(customers)
    assert run_check(tmp_path, *config, "--baseline", "schema.sql").round_trips() == {"a1": "same"}


def dump_of(database: Address, major: int, cache: Path) -> str:
    """What pg_dump of the server's own version writes; skipped where there is none."""
    on_path = shutil.which("pg_dump")
    for program in (*([Path(on_path)] if on_path else []), *cache.glob("*/bin/pg_dump")):
        libraries = {"LD_LIBRARY_PATH": str(program.parents[1] / "lib")}
        version = subprocess.run([str(program), "--version"], env=libraries, capture_output=True, text=True, check=True)
        if f" {major}." in version.stdout:
            command = [str(program), "--schema-only", database.url()]
            return subprocess.run(command, env=libraries, capture_output=True, text=True, check=True).stdout
    pytest.skip(f"there is no pg_dump of PostgreSQL {major}")
