"""Whoever sends SQL, the statement is seen, with the line that sent it and its locks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from checks.projects import Checked, Revision, env_py, line_of, run_check, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.pg.addresses import Address

STRONG = "items: ACCESS EXCLUSIVE"
FIRST = Revision(
    "a1",
    up="""
    op.create_table("items", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))
    op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True))
    """,
    down="""
    op.drop_table("notes")
    op.drop_table("items")
    """,
)
OPERATION = Revision(
    "b1",
    after="a1",
    up="""
    op.add_column(
        "items", sa.Column("by_operation", sa.Integer)
    )
    """,
    down='op.drop_column("items", "by_operation")',
)
EXECUTE = Revision(
    "b2",
    after="b1",
    up='op.execute("ALTER TABLE items ADD COLUMN by_execute int")',
    down='op.execute("ALTER TABLE items DROP COLUMN by_execute")',
)
BULK_INSERT = Revision(
    "b3",
    after="b2",
    up="""
    items = sa.table("items", sa.column("id", sa.Integer), sa.column("name", sa.Text))
    op.bulk_insert(items, [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}])  # inserts
    """,
    down='op.execute("DELETE FROM items")',
)
SESSION = Revision(
    "b4",
    after="b3",
    before="from sqlalchemy.orm import Session",
    up="""
    with Session(bind=op.get_bind()) as session:
        session.execute(sa.text("UPDATE items SET name = :name WHERE id = :id"), {"name": "first", "id": 1})
        session.commit()
    """,
)
BATCH = Revision(
    "b5",
    after="b4",
    up="""
    with op.batch_alter_table("items") as batch:  # sends
        batch.add_column(sa.Column("by_batch", sa.Integer))
        batch.alter_column("name", nullable=False, new_column_name="title")
    """,
    down="""
    with op.batch_alter_table("items") as batch:
        batch.alter_column("title", nullable=True, new_column_name="name")
        batch.drop_column("by_batch")
    """,
)
AUTOCOMMIT = Revision(
    "b6",
    after="b5",
    up="""
    with op.get_context().autocommit_block():
        op.create_index("items_by_batch", "items", ["by_batch"], postgresql_concurrently=True)
    op.execute("COMMENT ON TABLE items IS 'after the block'")
    """,
    down="""
    op.execute("COMMENT ON TABLE items IS NULL")
    with op.get_context().autocommit_block():
        op.drop_index("items_by_batch", postgresql_concurrently=True)
    """,
)
HISTORY = (FIRST, OPERATION, EXECUTE, BULK_INSERT, SESSION, BATCH, AUTOCOMMIT)

RAW = {
    "psycopg2": """
    cursor = op.get_bind().connection.cursor()
    cursor.execute("ALTER TABLE items ADD COLUMN by_cursor int; ALTER TABLE notes ADD COLUMN by_cursor int")  # raw
    op.execute("ALTER TABLE items ADD COLUMN one int; ALTER TABLE notes ADD COLUMN two int")  # several
    """,
    "psycopg": """
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute("ALTER TABLE items ADD COLUMN by_cursor int; ALTER TABLE notes ADD COLUMN by_cursor int")  # raw
    op.execute("ALTER TABLE items ADD COLUMN one int; ALTER TABLE notes ADD COLUMN two int")  # several
    """,
    "asyncpg": """
    raw = op.get_bind().connection.driver_connection
    by_cursor = "ALTER TABLE items ADD COLUMN by_cursor int; ALTER TABLE notes ADD COLUMN by_cursor int"
    await_only(raw.execute(by_cursor))  # raw
    await_only(raw.execute("ALTER TABLE items ADD COLUMN one int; ALTER TABLE notes ADD COLUMN two int"))  # several
    """,
}


@pytest.mark.parametrize("driver", RAW)
def test_every_sender_is_seen(driver: str, tmp_path: Path, server: Address) -> None:
    raw = Revision(
        "c1",
        after="b6",
        before="from sqlalchemy.util import await_only",
        up=RAW[driver],
        down="""
        for table, column in ("items", "by_cursor"), ("notes", "by_cursor"), ("items", "one"), ("notes", "two"):
            op.drop_column(table, column)
        """,
    )
    folder = write_project(tmp_path, *HISTORY, raw, env=env_py(driver, options="transaction_per_migration=True"))
    checked = run_check(folder, "--shadow", server.url())

    assert checked.err == ""
    assert set(checked.outcomes().values()) == {"passed"}
    files = {revision["id"]: folder / revision["path"] for revision in checked.document["revisions"]}
    assert seen(checked, "b1") == [("ALTER TABLE items ADD", line_of(files["b1"], "op.add_column"), STRONG)]
    assert seen(checked, "b2") == [("ALTER TABLE items ADD", line_of(files["b2"], "ADD COLUMN"), STRONG)]
    assert {(line, locks) for _, line, locks in seen(checked, "b3")} == {
        (line_of(files["b3"], "# inserts"), "items: ROW EXCLUSIVE")
    }
    assert seen(checked, "b4") == [("UPDATE items SET name", line_of(files["b4"], "UPDATE"), "items: ROW EXCLUSIVE")]
    # A batch sends what it gathered when its block ends; Python gives the line of the ``with`` then.
    assert {line for _, line, _ in seen(checked, "b5")} == {line_of(files["b5"], "# sends")}
    assert seen(checked, "b5")[0][2] == STRONG
    assert seen(checked, "b6") == [
        ("CREATE INDEX CONCURRENTLY items_by_batch", line_of(files["b6"], "create_index"), ""),
        ("COMMENT ON TABLE items", line_of(files["b6"], "after the block"), "items: SHARE UPDATE EXCLUSIVE"),
    ]
    both = [("ALTER TABLE items ADD", STRONG), ("ALTER TABLE notes ADD", "notes: ACCESS EXCLUSIVE")]
    raw_line, several = line_of(files["c1"], "# raw"), line_of(files["c1"], "# several")
    assert [(sql, line) for sql, line, _ in seen(checked, "c1")] == [
        (both[0][0], raw_line),
        (both[1][0], raw_line),
        (both[0][0], several),
        (both[1][0], several),
    ]
    assert [locks for _, _, locks in seen(checked, "c1")] == [STRONG, both[1][1], "", ""]  # the later ones hold them
    assert checked.round_trips() == dict.fromkeys(checked.ids, "same")
    [concurrently, comment] = checked.revision("b6")["statements"]
    assert (concurrently["autocommit"], comment["autocommit"]) == (True, False)
    assert concurrently["unobserved"]


def seen(checked: Checked, id_: str) -> list[tuple[str, int | None, str]]:
    """Each statement's first words, its line, and the locks that it took on tables."""
    return [
        (" ".join(statement["sql"].split()[:4]), statement["line"], _locks(statement))
        for statement in checked.revision(id_)["statements"]
    ]


def _locks(statement: dict[str, Any]) -> str:
    return ", ".join(f"{lock['relation']}: {lock['mode']}" for lock in statement["locks_taken"] if lock["kind"] == "r")
