"""Every operation under load, forward and back: no statement fails whose columns stay as they are."""

from __future__ import annotations

import importlib
import threading
from typing import TYPE_CHECKING, Any, Self

import psycopg
from psycopg import sql

from checks.projects import Revision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from operations.cycle import Case
    from runner.deployments import Deployment, Deployments

MODULES = ("test_columns", "test_constraints", "test_enums", "test_indexes", "test_partitions", "test_table_operations")
CLIENTS = 2
_SHAPES = """
SELECT relname, attname, atttypid::regtype::text || atttypmod FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
    AND attgenerated = '' AND attidentity = '' AND relname <> 'alembic_version'
"""
Shapes = set[tuple[str, str, str]]


def cases(major: int) -> list[Case]:
    found = [case for name in MODULES for case in importlib.import_module(f"operations.{name}").CASES]
    return [case for case in found if major in case.majors and ".sql" not in case.up]  # a script from a file


class Load:
    """Clients that read and write the columns which an operation does not concern."""

    def __init__(self, deployment: Deployment, statements: Sequence[sql.Composed]) -> None:
        self.done = 0
        self.errors: list[str] = []
        self._stop = threading.Event()
        url = deployment.database.url("postgresql")
        self._threads = [threading.Thread(target=self._run, args=(url, statements)) for _ in range(CLIENTS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, url: str, statements: Sequence[sql.Composed]) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET application_name = 'load'; SET statement_timeout = '20s'")
            while not self._stop.is_set():
                for statement in statements:
                    try:
                        with connection.transaction():
                            connection.execute(statement)
                    except psycopg.Error as error:
                        self.errors.append(f"{statement.as_string(connection)}: {error}")
                    self.done += 1
                self._stop.wait(0.002)


def shapes(deployment: Deployment) -> Shapes:
    with deployment.session() as session:
        return set(session.execute(_SHAPES).fetchall())


def statements_on(shape: Shapes) -> list[sql.Composed]:
    """SELECT, UPDATE, INSERT and DELETE with explicit columns, for each table."""
    found: list[sql.Composed] = []
    for table in sorted({table for table, _, _ in shape}):
        columns = sorted(column for of, column, _ in shape if of == table)
        parts: dict[str, Any] = {
            "t": sql.Identifier(table),
            "c": sql.SQL(", ").join(map(sql.Identifier, columns)),
            "one": sql.Identifier(columns[0]),
        }
        found += [
            sql.SQL(text).format(**parts)
            for text in (
                "SELECT {c} FROM {t} LIMIT 3",
                "UPDATE {t} SET {one} = {one} WHERE ctid = '(0,1)'",
                "INSERT INTO {t} ({c}) SELECT {c} FROM {t} WHERE false",
                "DELETE FROM {t} WHERE ctid = '(0,0)'",
            )
        ]
    return found


def test_nothing_fails_beside_any_operation(deployments: Deployments) -> None:
    failed: list[str] = []
    for case in cases(deployments.stage.major):
        before = f"from midflight import op\n{case.before}"
        deployment = deployments.new(Revision("a1", up=case.up, down=case.down, before=before), setup=case.setup)
        there = shapes(deployment)
        deployment.apply().succeeds()
        statements = statements_on(there & shapes(deployment))
        if not statements:
            continue  # it drops or renames all there is
        with Load(deployment, statements) as load:
            for direction in ("downgrade", "upgrade"):
                run = deployment.apply(direction)
                run.wait()
                failed += [f"{case.name}: {run.error}"] if run.error else []
        failed += [f"{case.name}: {error}" for error in load.errors[:2]]
        assert load.done > 0
    assert failed == []
