"""The CHECK that is made of a partition's bound: PostgreSQL takes it as a proof, so that ATTACH reads no row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from midflight.operations.bound_check import bound_condition
from midflight.operations.operation import Asked
from midflight.runner.states import read_state
from midflight.sql.names import Name

if TYPE_CHECKING:
    from operations.stage import Stage

PROVEN = 'partition constraint for table "part" is implied by existing constraints'
PROVABLE = (
    ("a int", "RANGE (a)", "FOR VALUES FROM (1) TO (10)"),
    ("a bigint", "RANGE (a)", "FOR VALUES FROM (MINVALUE) TO (10)"),
    ("a date", "RANGE (a)", "FOR VALUES FROM ('2026-01-01') TO (MAXVALUE)"),
    ("a numeric(8, 2)", "RANGE (a)", "FOR VALUES FROM (-1.5) TO ('1e3')"),
    ("a uuid", "RANGE (a)", "FOR VALUES FROM ('00000000-0000-0000-0000-000000000000') TO (MAXVALUE)"),
    ('a text COLLATE "C"', "RANGE (a)", "FOR VALUES FROM ('a''b') TO ('c')"),
    ("a varchar(9)", "RANGE (a)", "FOR VALUES FROM ('a') TO ('c')"),
    ("a int, b int, c date", "RANGE (a, b, c)", "FOR VALUES FROM (1, 2, '2026-01-01') TO (1, 2, '2026-02-01')"),
    ("a int, b int, c date", "RANGE (a, b, c)", "FOR VALUES FROM (1, 2, '2026-01-01') TO (3, 4, '2026-02-01')"),
    ("a int, b int, c date", "RANGE (a, b, c)", "FOR VALUES FROM (1, MINVALUE, MINVALUE) TO (1, MAXVALUE, MAXVALUE)"),
    ("a int, b int", "RANGE (a, b)", "FOR VALUES FROM (1, MAXVALUE) TO (5, MINVALUE)"),
    ("a int, b int", "RANGE (a, b)", "FOR VALUES FROM (MINVALUE, MINVALUE) TO (MAXVALUE, MAXVALUE)"),
    ('"A b" int', 'LIST ("A b")', "FOR VALUES IN (1)"),
    ("a text", "LIST (a)", "FOR VALUES IN ('x', NULL, 'y')"),
    ("a text", "LIST (a)", "FOR VALUES IN (NULL)"),
    ("a mood", "LIST (a)", "FOR VALUES IN ('sad', 'ok')"),
    ("a boolean", "LIST (a)", "FOR VALUES IN (true)"),
    ("a boolean", "LIST (a)", "FOR VALUES IN (true, NULL)"),
    ("a int, b bigint", "HASH (a, b)", "FOR VALUES WITH (MODULUS 4, REMAINDER 3)"),
)
NOT_WRITTEN = (
    ("a text", "HASH (a)", "FOR VALUES WITH (MODULUS 4, REMAINDER 3)"),
    ("a text", "LIST (lower(a))", "FOR VALUES IN ('x')"),
    ("a int", "RANGE (a)", "DEFAULT"),
    ("a int", "RANGE (a)", "FOR VALUES FROM (1) TO (10); DROP TABLE part"),
)


class OneConnection:
    """The runner's session, as far as the state is read."""

    def __init__(self, stage: Stage, connection: asyncpg.Connection) -> None:
        self.stage, self.connection = stage, connection

    def fetch(self, sql: str, **values: str) -> list[tuple[object, ...]]:
        for place, name in enumerate(values, 1):
            sql = sql.replace(f"CAST(:{name} AS json)", f"${place}::json")
        return [tuple(row) for row in self.stage.thread.call(self.connection.fetch(sql, *values.values()))]


def condition_of(stage: Stage, connection: asyncpg.Connection, columns: str, key: str, bound: str) -> str | None:
    create = f"CREATE TABLE whole ({columns}) PARTITION BY {key}; CREATE TABLE part ({columns})"
    stage.thread.call(connection.execute(create))
    state = read_state(OneConnection(stage, connection), Asked(relations=(Name(None, "whole"),)))  # type: ignore[arg-type]
    return bound_condition(state.relations[Name(None, "whole")], bound)


def test_postgresql_takes_each_check_as_a_proof_of_its_bound(stage: Stage) -> None:
    database = stage.clone("CREATE TYPE mood AS ENUM ('sad', 'ok', 'fine')")
    connection = stage.thread.call(asyncpg.connect(**database.asyncpg_arguments()))
    said: list[str] = []
    connection.add_log_listener(lambda _, message: said.append(message.message))
    try:
        stage.thread.call(connection.execute("SET client_min_messages = debug1"))
        for columns, key, bound in PROVABLE:
            condition = condition_of(stage, connection, columns, key, bound)
            assert condition is not None, (columns, key, bound)
            stage.thread.call(connection.execute(f"ALTER TABLE part ADD CONSTRAINT bound CHECK ({condition})"))
            said.clear()
            stage.thread.call(connection.execute(f"ALTER TABLE whole ATTACH PARTITION part {bound}"))
            assert PROVEN in said, (columns, key, bound, condition, said)
            stage.thread.call(connection.execute("DROP TABLE whole"))
    finally:
        stage.thread.call(connection.close())
        stage.drop(database)


@pytest.mark.parametrize(("columns", "key", "bound"), NOT_WRITTEN)
def test_what_no_check_can_prove_is_not_written(stage: Stage, columns: str, key: str, bound: str) -> None:
    database = stage.clone("SELECT 1")
    connection = stage.thread.call(asyncpg.connect(**database.asyncpg_arguments()))
    try:
        assert condition_of(stage, connection, columns, key, bound) is None
    finally:
        stage.thread.call(connection.close())
        stage.drop(database)
