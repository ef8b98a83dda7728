"""What a round trip loses is told by table and column, and what it does not lose is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from midflight.pg.identifiers import QualifiedName
from midflight.rows import Contents, Loss, losses

if TYPE_CHECKING:
    from rows.conftest import Stage

TABLE = """
CREATE TABLE t (id serial PRIMARY KEY, note text, name text NOT NULL, n int NOT NULL, price numeric(8,2),
    at timestamptz);
CREATE TABLE keyless (a text NOT NULL, b int, c json);
"""
T, KEYLESS = QualifiedName("public", "t"), QualifiedName("public", "keyless")


async def lost(stage: Stage, change: str, *tables: str) -> tuple[Loss, ...]:
    await stage.fill(TABLE)
    before = await stage.contents(*(tables or ("t", "keyless")))
    await stage.actor.execute(change)
    return losses(before, await stage.contents(*(tables or ("t", "keyless"))))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("ALTER TABLE t DROP note; ALTER TABLE t ADD note text", Loss(T, ("note",), 2, "nulled")),
        ("ALTER TABLE t DROP note, DROP price", Loss(T, ("note", "price"), 2, "nulled")),
        ("ALTER TABLE t DROP name; ALTER TABLE t ADD name text NOT NULL DEFAULT ''", Loss(T, ("name",), 3, "changed")),
        ("UPDATE t SET n = n + 1 WHERE id = 2", Loss(T, ("n",), 1, "changed")),
        ("ALTER TABLE t ALTER at TYPE date; ALTER TABLE t ALTER at TYPE timestamptz", Loss(T, ("at",), 2, "changed")),
        ("DELETE FROM t WHERE id > 1", Loss(T, (), 2, "gone")),
        ("DROP TABLE t", Loss(T, (), 3, "gone")),
        ("ALTER TABLE t DROP id; ALTER TABLE t ADD id uuid PRIMARY KEY DEFAULT gen_random_uuid()",
         Loss(T, ("id",), 3, "changed")),
        ("ALTER TABLE t DROP id, DROP note", Loss(T, ("id",), 3, "nulled")),
        ("ALTER TABLE keyless DROP b; ALTER TABLE keyless ADD b int", Loss(KEYLESS, ("b",), 2, "nulled")),
        ("UPDATE keyless SET a = 'other' WHERE b IS NULL", Loss(KEYLESS, ("a",), 1, "changed")),
        ("DELETE FROM keyless WHERE b IS NULL", Loss(KEYLESS, (), 1, "gone")),
        ("UPDATE keyless SET c = NULL", Loss(KEYLESS, ("c",), 2, "nulled")),
    ],
)  # fmt: skip
async def test_what_is_lost(stage: Stage, change: str, expected: Loss) -> None:
    assert expected in await lost(stage, change)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE t ALTER n TYPE bigint; ALTER TABLE t ALTER n TYPE int",
        "ALTER TABLE t ALTER n TYPE text; ALTER TABLE t ALTER n TYPE int USING n::int",
        "ALTER TABLE t ALTER n TYPE text",
        "ALTER TABLE t ADD extra int DEFAULT 1; UPDATE t SET note = 'was null' WHERE note IS NULL",
        "VACUUM FULL t; ALTER TABLE t RENAME COLUMN n TO m; ALTER TABLE t RENAME COLUMN m TO n",
        "ALTER TABLE t ADD b text; UPDATE t SET b = note; ALTER TABLE t DROP note; ALTER TABLE t RENAME b TO note",
        "INSERT INTO t (name, n) VALUES ('more', 9); INSERT INTO keyless VALUES ('more', 9, NULL)",
        "CREATE TABLE k AS SELECT * FROM keyless ORDER BY b DESC; DROP TABLE keyless; ALTER TABLE k RENAME TO keyless",
        "ALTER SEQUENCE t_id_seq RESTART 1000",
    ],
)
async def test_what_is_not_lost(stage: Stage, change: str) -> None:
    await stage.fill(TABLE)
    before = await stage.contents("t", "keyless")
    for statement in change.split("; "):
        await stage.actor.execute(statement)
    assert losses(before, await stage.contents("t", "keyless")) == ()


async def test_contents_show_no_values(stage: Stage) -> None:
    await stage.fill(TABLE)
    contents = await stage.contents("t", "keyless", "nowhere")
    assert contents.tables.keys() == {T, KEYLESS}
    assert contents.tables[T].key == ("id",)
    assert "alpha" not in repr(contents)
    assert [len(row) for row in contents.tables[T].rows] == [6, 6, 3]


async def test_partitions_are_read_through_their_root_and_children_are_not(stage: Stage) -> None:
    ddl = """
    CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
    CREATE TABLE parent (id int); CREATE TABLE child () INHERITS (parent); INSERT INTO child VALUES (5);
    INSERT INTO parent VALUES (1);
    """
    await stage.fill(ddl)
    contents = await stage.contents("p", "parent", "child")
    assert {table.name: len(held.rows) for table, held in contents.tables.items()} == {"p": 3, "parent": 1, "child": 1}


def test_nothing_was_there() -> None:
    assert losses(Contents({}), Contents({})) == ()
