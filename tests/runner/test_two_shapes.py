"""Code of the old and of the new shape writes to the same rows through all phases: nothing fails, nothing is lost."""

from __future__ import annotations

import contextlib
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from alembic.config import Config

from checks.projects import Revision
from midflight.errors import MidflightError
from runner.deployments import SAFE, waiting
from runner.traffic import beside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg

    from runner.deployments import Deployment, Deployments

ROWS = 15_000
TURN = 60
"""So many transactions of each kind of code between two changes."""
USERS = """
CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL DEFAULT 'no body', n int NOT NULL DEFAULT 0)
"""
SETUP = f"""
{USERS};
CREATE INDEX ix_users_name ON users (name);
INSERT INTO users (name) SELECT 'user ' || i FROM generate_series(1, {ROWS}) AS i;
CREATE TABLE written (id bigserial PRIMARY KEY, row int NOT NULL, noted text);
CREATE INDEX ON written (row, id);
INSERT INTO written (row, noted) SELECT id, name FROM users
"""
LOST = """
SELECT count(*) FROM (SELECT DISTINCT ON (row) row, noted FROM written ORDER BY row, id DESC) AS last
FULL JOIN users ON users.id = last.row
WHERE last.noted IS DISTINCT FROM CASE WHEN users.id IS NOT NULL THEN {0} END OR last.row IS NULL
"""
"""Rows that are not as the last transaction that wrote them has noted it; of one that is gone NULL is noted."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What code of one shape says; a value is a first and a last name."""

    columns: str
    values: str
    assigned: str
    told: str
    """The whole name, as SQL."""
    has_default: bool = True
    """Whether an INSERT may leave it out in all phases."""


OLD = Shape("name", "%(first)s || ' ' || %(last)s", "name = excluded.name", "name")
RENAMED = Shape("full_name", OLD.values, "full_name = excluded.full_name", "full_name")
SPLIT = Shape(
    "first, last",
    "%(first)s, %(last)s",
    "first = excluded.first, last = excluded.last",
    "concat_ws(' ', first, last)",
    has_default=False,
)


class Code:
    """Code of one shape, on a session of its own each."""

    def __init__(self, shape: Shape) -> None:
        self.shape, self.done = shape, 0
        self._random = random.Random(shape.columns)

    def write(self, connection: psycopg.Connection[Any]) -> None:
        """One transaction: a change, and a note of it."""
        insert = self.leave_out if self.shape.has_default else self.insert
        kinds = (self.insert, insert, self.update, self.update, self.upsert, self.other, self.delete)
        with connection.transaction():
            self._random.choice(kinds)(connection)
        self.done += 1
        time.sleep(0.001)

    def insert(self, connection: psycopg.Connection[Any]) -> None:
        self.note(connection, f"INSERT INTO users ({self.shape.columns}) VALUES ({self.shape.values})")

    def leave_out(self, connection: psycopg.Connection[Any]) -> None:
        self.note(connection, "INSERT INTO users (n) VALUES (1)", "no body")

    def update(self, connection: psycopg.Connection[Any]) -> None:
        columns, values = self.shape.columns, self.shape.values
        self.note(connection, f"UPDATE users SET ({columns}) = ROW ({values}) WHERE id = %(row)s")

    def upsert(self, connection: psycopg.Connection[Any]) -> None:
        into = f"INSERT INTO users (id, {self.shape.columns}) VALUES (%(row)s, {self.shape.values})"
        self.note(connection, f"{into} ON CONFLICT (id) DO UPDATE SET {self.shape.assigned}")

    def other(self, connection: psycopg.Connection[Any]) -> None:
        connection.execute("UPDATE users SET n = n + 1 WHERE id = %s", [self.row()])

    def delete(self, connection: psycopg.Connection[Any]) -> None:
        deleted = connection.execute("DELETE FROM users WHERE id = %s RETURNING id", [self.row()]).fetchall()
        for [row] in deleted:
            connection.execute("INSERT INTO written (row) VALUES (%s)", [row])

    def note(self, connection: psycopg.Connection[Any], sql: str, name: str | None = None) -> None:
        first, last = f"{self._random.random()}", f"{self.shape.columns[0]} {self._random.random()}"
        values = {"first": first, "last": last, "row": self.row()}
        for [row] in connection.execute(f"{sql} RETURNING id", values).fetchall():
            connection.execute("INSERT INTO written (row, noted) VALUES (%s, %s)", [row, name or f"{first} {last}"])

    def row(self) -> int:
        return self._random.randrange(ROWS) + 1

    @contextlib.contextmanager
    def running(self, deployment: Deployment) -> Iterator[Callable[[], None]]:
        """Let it run meanwhile; what is given waits until it has done some more."""

        def turn() -> None:
            before = self.done
            waiting(lambda: self.done >= before + TURN, "it goes on")

        with beside(deployment, self.write):
            turn()
            yield turn


RENAME = 'op.rename_column("users", "name", "full_name", {})'
SPLIT_CALL = """op.split_column("users", "name", {{
    "first": (sa.Text, "split_part(name, ' ', 1)"), "last": (sa.Text, "substr(name, strpos(name || ' ', ' ') + 1)")
}}, back="concat_ws(' ', first, last)", existing_type=sa.Text, {})"""


@pytest.mark.parametrize(("call", "shape"), [(RENAME, RENAMED), (SPLIT_CALL, SPLIT)], ids=["rename", "split"])
def test_both_shapes_write_through_all_phases_and_back(deployments: Deployments, call: str, shape: Shape) -> None:
    deployment = deployments.new(*revisions(call), setup=SETUP)
    with Code(OLD).running(deployment) as old:
        deployment.apply("upgrade", "a1").succeeds()
        with Code(shape).running(deployment) as new:
            filled(deployment)
            agree(deployment, shape, old, new)
            deployment.apply("downgrade", "a1").succeeds()
        deployment.apply("downgrade", "base").succeeds()
        old()
        deployment.apply("upgrade", "a1").succeeds()
        none_lost(deployment, OLD)
    with Code(shape).running(deployment) as new:
        filled(deployment)
        deployment.apply("upgrade", "c3").succeeds()
        new()
        deployment.apply("downgrade", "b2").succeeds()
        with Code(OLD).running(deployment) as old:
            agree(deployment, shape, old, new)
        deployment.apply("upgrade", "c3").succeeds()
        new()
    none_lost(deployment, shape)
    deployment.nothing_is_left()


def test_nothing_old_goes_before_the_backfill_is_finished(deployments: Deployments) -> None:
    deployment = deployments.new(*revisions(RENAME), setup=SETUP, driver="psycopg")
    deployment.apply("upgrade", "b2").succeeds()
    with pytest.raises(MidflightError, match="the backfill users_name_full_name is pending: it must be finished"):
        command.upgrade(Config(str(deployment.folder / "alembic.ini")), "head")
    assert deployment.value("SELECT count(*) FROM users WHERE name IS NULL") == 0
    deployment.run("backfill", "run").succeeds()
    command.upgrade(Config(str(deployment.folder / "alembic.ini")), "head")
    assert deployment.value("SELECT count(*) FROM users WHERE full_name IS NULL") == 0


def test_what_hangs_on_the_old_column_holds_it(deployments: Deployments) -> None:
    setup = f"{USERS}; CREATE VIEW names AS SELECT name FROM users"
    deployment = deployments.new(*revisions(RENAME), setup=setup)
    applying = deployment.apply("upgrade", "c3")
    applying.wait()
    assert "users.name cannot go: view names uses it" in str(applying.error)
    deployment.send("DROP VIEW names; CREATE VIEW names AS SELECT full_name FROM users")
    deployment.apply("upgrade", "c3").succeeds()


def revisions(call: str) -> tuple[Revision, ...]:
    names = (("a1", None, "expand"), ("b2", "a1", "migrate"), ("c3", "b2", "contract"))
    return tuple(revision(name, after, phase, call) for name, after, phase in names)


def revision(name: str, after: str | None, phase: str, call: str) -> Revision:
    up, down = call.format(f'phase="{phase}"'), call.format(f'phase="{phase}", undo=True')
    if call == SPLIT_CALL and phase == "contract":
        down += "; op.set_default('users', 'name', 'no body')"
    return Revision(name, up=up, down=down, after=after, before=f'{SAFE}\nphase = "{phase}"')


def filled(deployment: Deployment) -> None:
    deployment.apply("upgrade", "b2").succeeds()
    deployment.run("backfill", "run").succeeds()


def agree(deployment: Deployment, shape: Shape, *turns: Callable[[], None]) -> None:
    """While both write, each sees all that the other has written."""
    for turn in turns:
        turn()
    assert deployment.value(f"SELECT count(*) FROM users WHERE name IS DISTINCT FROM {shape.told}") == 0
    none_lost(deployment, OLD)


def none_lost(deployment: Deployment, shape: Shape) -> None:
    assert deployment.value(LOST.format(shape.told)) == 0
