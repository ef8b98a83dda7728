"""``op.run_async``: the raw asyncpg connection within the revision's own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.config import Config

from midflight.errors import MidflightError
from operations.applying import upgrade
from operations.cycle import Case, applied, script, url_of, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from midflight.pg.addresses import Address
    from operations.stage import Stage

LOAD = """
async def load(connection, count):
    assert connection.is_in_transaction() or await connection.fetchval("SELECT pg_current_xact_id_if_assigned()")
    await connection.copy_records_to_table("numbers", records=[(n,) for n in range(count)])
    return [row["n"] async for row in connection.cursor("SELECT n FROM numbers ORDER BY n DESC LIMIT 2")]
"""
UP = """
op.execute("CREATE TABLE numbers (n int)")
assert op.run_async(load, 500) == [499, 498]
"""


@pytest.fixture
def database(stage: Stage) -> Iterator[Address]:
    address = stage.clone("SELECT")
    yield address
    stage.drop(address)


def test_a_coroutine_copies_within_the_transaction(stage: Stage, database: Address, tmp_path: Path) -> None:
    with pytest.raises(MidflightError, match="ZeroDivisionError"):
        upgrade(tmp_path, database, f"{UP}\n1 / 0", before=LOAD)
    assert stage.value(database, "SELECT to_regclass('numbers')") is None
    upgrade(tmp_path, database, UP, before=LOAD)
    assert stage.value(database, "SELECT count(*) FROM numbers") == 500


def test_it_comes_first_in_its_revision(stage: Stage, database: Address, tmp_path: Path) -> None:
    """The driver's adapter begins a transaction with its first statement alone: here there is none before."""
    stage.send(database, "CREATE TABLE numbers (n int)")
    with pytest.raises(MidflightError, match="ZeroDivisionError"):
        upgrade(tmp_path, database, "op.run_async(load, 5); 1 / 0", before=LOAD)
    assert stage.value(database, "SELECT count(*) FROM numbers") == 0


def test_what_an_interrupted_try_has_loaded_for_good_is_not_loaded_again(
    stage: Stage, database: Address, tmp_path: Path
) -> None:
    up = f'{UP}\nop.create_index("ix_n", "numbers", ["n"])'.replace("assert ", "")
    write(tmp_path, Case("one", setup="", up=up, down="pass", effect="", before=LOAD), "asyncpg")
    with pytest.raises(MidflightError, match="StoppedError"):
        applied(tmp_path, database, stop_after=3)
    assert stage.value(database, "SELECT count(*) FROM numbers") == 500
    applied(tmp_path, database)
    assert stage.value(database, "SELECT count(*) FROM numbers") == 500


def test_an_error_of_postgresql_is_told_with_its_place(database: Address, tmp_path: Path) -> None:
    failing = 'async def load(connection):\n    await connection.execute("SELECT 1 / 0")'
    with pytest.raises(MidflightError, match=r"a1\.py, line .* division by zero"):
        upgrade(tmp_path, database, "op.run_async(load)", before=failing)


def test_another_driver_and_a_script_are_refused_clearly(database: Address, tmp_path: Path) -> None:
    write(tmp_path, Case("one", setup="", up=UP, down="pass", effect="", before=LOAD), "psycopg")
    with url_of(database, "psycopg"), pytest.raises(MidflightError, match="this project's driver is psycopg"):
        command.upgrade(Config(str(tmp_path / "alembic.ini")), "head")
    with pytest.raises(MidflightError, match=r"a script .* cannot hold Python"):
        script(tmp_path)
