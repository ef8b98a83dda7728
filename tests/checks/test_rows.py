"""Each table holds rows while a revision is proven: what fails on them, what a downgrade loses and does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.projects import Checked, Revision, line_of, run_check, write_project

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(180)

TABLE = Revision(
    "a1",
    up=(
        "op.execute('CREATE TABLE t (id int PRIMARY KEY, name text, code text NOT NULL)')\n"
        "op.execute('CREATE TABLE u (id int PRIMARY KEY, t_id int)')"
    ),
    down="op.execute('DROP TABLE u')\nop.execute('DROP TABLE t')",
)
SERVERS = pytest.mark.parametrize("server", [("machine", "15"), ("embedded", "18")], ids=["pg15", "pg18"])


def hazards(revision: dict[str, object]) -> list[str]:
    findings = revision["findings"]
    assert isinstance(findings, list)
    return [finding["hazard"] for finding in findings]


def check_one(folder: Path, server: tuple[str, str], up: str, down: str = "pass", *, before: str = "") -> Checked:
    """Check a revision on top of the two tables."""
    second = Revision("b2", after="a1", up=up, down=down, before=before)
    where, major = server
    return run_check(write_project(folder, TABLE, second), "--shadow", where, "--postgres", major)


# What it does, its way back, and how PostgreSQL refuses that on rows.
FAILING = {
    "not null": (
        "op.execute('ALTER TABLE t ALTER name SET NOT NULL')",
        "op.execute('ALTER TABLE t ALTER name DROP NOT NULL')",
        'column "name" of relation "t" contains null values',
    ),
    "unique": (
        "op.create_index('t_code', 't', ['code'], unique=True)",
        "op.drop_index('t_code', 't')",
        'could not create unique index "t_code"',
    ),
    "check": (
        "op.create_check_constraint('t_c', 't', \"code = 'only this'\")",
        "op.drop_constraint('t_c', 't')",
        'check constraint "t_c" of relation "t" is violated by some row',
    ),
    "type": (
        "op.execute('ALTER TABLE t ALTER code TYPE int USING code::int')",
        "op.execute('ALTER TABLE t ALTER code TYPE text')",
        "invalid input syntax for type integer",
    ),
    "in autocommit": (
        """
with op.get_context().autocommit_block():
    op.create_index('t_code', 't', ['code'], unique=True, postgresql_concurrently=True)""",
        "op.drop_index('t_code', 't')",
        'could not create unique index "t_code"',
    ),
}


@SERVERS
@pytest.mark.parametrize("what", FAILING)
def test_a_revision_that_fails_on_rows_alone(tmp_path: Path, server: tuple[str, str], what: str) -> None:
    """It is told, with the line; all the rest is proven as if there were no rows."""
    up, down, refusal = FAILING[what]
    checked = check_one(tmp_path, server, up, down)
    revision = checked.revision("b2")
    [finding] = [found for found in revision["findings"] if found["hazard"] == "fails-on-existing-rows"]
    assert finding["severity"] == "warning"
    assert f"upgrade() fails on rows as the tables may hold them: {refusal}" in finding["message"]
    assert finding["line"] == line_of(tmp_path / "migrations/versions/b2.py", up.splitlines()[-1].strip())
    assert (revision["outcome"], revision["round_trip"]["status"]) == ("passed", "same")
    assert revision["statements"]


@SERVERS
def test_what_mends_the_rows_first_does_not_fail(tmp_path: Path, server: tuple[str, str]) -> None:
    checked = check_one(
        tmp_path,
        server,
        "op.execute(\"UPDATE t SET name = '' WHERE name IS NULL\")\nop.alter_column('t', 'name', nullable=False)",
        "op.alter_column('t', 'name', nullable=True)",
    )
    found = hazards(checked.revision("b2"))
    assert "set-not-null-scans" in found
    assert "fails-on-existing-rows" not in found


@SERVERS
def test_what_another_finding_says_is_not_said_twice(tmp_path: Path, server: tuple[str, str]) -> None:
    checked = check_one(tmp_path, server, "op.execute('ALTER TABLE t ADD n int NOT NULL')")
    assert "add-required-column" in hazards(checked.revision("b2"))
    assert "fails-on-existing-rows" not in hazards(checked.revision("b2"))


@SERVERS
def test_a_downgrade_that_fails_on_rows(tmp_path: Path, server: tuple[str, str]) -> None:
    checked = check_one(
        tmp_path,
        server,
        "op.execute('ALTER TABLE t ALTER code DROP NOT NULL')\nop.execute('UPDATE t SET code = NULL')",
        "op.execute('ALTER TABLE t ALTER code SET NOT NULL')",
    )
    revision = checked.revision("b2")
    [finding] = [found for found in revision["findings"] if found["hazard"] == "fails-on-existing-rows"]
    assert finding["message"].startswith("downgrade() fails on rows as the tables may hold them: column")
    assert revision["round_trip"]["status"] == "same"


def test_a_revision_that_fails_with_rows_and_without(tmp_path: Path) -> None:
    checked = check_one(tmp_path, ("embedded", "18"), "op.execute('SELECT 1 / 0')")
    revision = checked.revision("b2")
    assert revision["outcome"] == "failed"
    assert hazards(revision) == ["revision-fails"]


def test_code_that_cannot_read_synthetic_rows(tmp_path: Path) -> None:
    """A row that is no JSON says nothing about production's: it is a note, not a finding."""
    up = "for (code,) in op.get_bind().execute(sa.text('SELECT code FROM t')): json.loads(code)"
    checked = check_one(tmp_path, ("embedded", "18"), up, before="import json")
    assert checked.revision("b2")["outcome"] == "passed"
    assert hazards(checked.revision("b2")) == []
    [note] = [note for note in checked.document["notes"] if "b2" in note]
    assert note.startswith("the code of b2 fails on synthetic rows, so it was proven without them: JSONDecodeError")


def test_a_table_without_rows_is_named(tmp_path: Path) -> None:
    never = Revision(
        "a1",
        up="op.execute('CREATE TABLE never (a int NOT NULL CHECK (a < 0 AND a > 0))')",
        down="op.execute('DROP TABLE never')",
    )
    checked = run_check(write_project(tmp_path, never, Revision("b2", after="a1")))
    assert checked.code == 0
    assert "no synthetic rows could be made for never: " in "\n".join(checked.document["notes"])


# What is done, how it is taken back, and what is lost on the way.
LOSSES = {
    "a column": (
        "op.drop_column('t', 'name')",
        "op.add_column('t', sa.Column('name', sa.Text))",
        ["name of t holds NULL where it held values"],
    ),
    "values": (
        "op.execute(\"UPDATE t SET code = 'x'\")",
        "pass",
        ["code of t holds other values than before"],
    ),
    "rows": ("op.execute('DELETE FROM t')", "pass", ["rows of t are gone"]),
    "nothing: an index": ("op.create_index('t_name', 't', ['name'])", "op.drop_index('t_name', 't')", []),
    "nothing: a new column": (
        "op.execute(\"ALTER TABLE t ADD n text DEFAULT 'x'\")",
        "op.drop_column('t', 'n')",
        [],
    ),
    "nothing: a rename": (
        "op.alter_column('t', 'name', new_column_name='title')",
        "op.alter_column('t', 'title', new_column_name='name')",
        [],
    ),
    "nothing: a wider type and back": (
        "op.execute('ALTER TABLE u ALTER t_id TYPE bigint')",
        "op.execute('ALTER TABLE u ALTER t_id TYPE int')",
        [],
    ),
}


@SERVERS
@pytest.mark.parametrize("what", LOSSES)
def test_what_a_downgrade_loses(tmp_path: Path, server: tuple[str, str], what: str) -> None:
    up, down, lost = LOSSES[what]
    revision = check_one(tmp_path, server, up, down).revision("b2")
    assert revision["round_trip"]["lost"] == lost
    told = "downgrade-loses-data" in hazards(revision)
    assert told == (what == "values")  # the others are implied by drop-column and unbatched-delete


@SERVERS
def test_the_way_back_is_watched(tmp_path: Path, server: tuple[str, str]) -> None:
    """As warnings, and not for tables that the upgrade made."""
    checked = check_one(
        tmp_path,
        server,
        "op.create_table('v', sa.Column('id', sa.Integer, primary_key=True))\n"
        "op.create_index('v_id', 'v', ['id'])\n"
        "with op.get_context().autocommit_block():\n"
        "    op.create_index('t_name', 't', ['name'], postgresql_concurrently=True)",
        "op.drop_index('v_id', 'v')\nop.drop_table('v')\nop.drop_index('t_name', 't')",
    )
    found = [
        (finding["hazard"], finding["severity"], finding["table"], finding["line"])
        for finding in checked.revision("b2")["findings"]
        if finding["message"].startswith("downgrade(): ")
    ]
    line = line_of(tmp_path / "migrations/versions/b2.py", "op.drop_index('t_name', 't')")
    assert found == [("drop-index-blocks", "warning", "t", line)]


def test_rows_that_revisions_insert_are_left_alone(tmp_path: Path) -> None:
    """A seeded table gets no synthetic rows, and keeps its own when another one is emptied."""
    seeded = Revision(
        "b2",
        after="a1",
        up="op.execute('CREATE TABLE s (id int)')\nop.execute('INSERT INTO s VALUES (7)')",
        down="op.execute('DROP TABLE s')",
    )
    fails_on_rows = Revision("c3", after="b2", up="op.execute('ALTER TABLE t ALTER name SET NOT NULL')")
    reads = "assert op.get_bind().execute(sa.text('SELECT id FROM s')).scalars().all() == [7]"
    checked = run_check(write_project(tmp_path, TABLE, seeded, fails_on_rows, Revision("d4", after="c3", up=reads)))
    assert "fails-on-existing-rows" in hazards(checked.revision("c3"))
    assert hazards(checked.revision("d4")) == []
    assert checked.outcomes()["d4"] == "passed"
