"""A type that one run of Alembic creates once: a long run hides what fails on a database that stands in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.projects import Revision, run_check, write_project

if TYPE_CHECKING:
    from pathlib import Path

ENUM = 'sa.Enum("new", "old", name="mood")'
FIRST = Revision(
    "a1",
    up=f'op.create_table("t", sa.Column("mood", {ENUM}))',
    down='op.drop_table("t"); op.execute("DROP TYPE mood")',
)
AGAIN = Revision(
    "b2",
    after="a1",
    up=f'op.execute("ALTER TABLE t ADD a int"); op.create_table("u", sa.Column("mood", {ENUM}))',
    down='op.drop_table("u"); op.execute("ALTER TABLE t DROP a")',
)
LAST = Revision(
    "c3",
    after="b2",
    up='op.execute("ALTER TABLE u ADD b int")',
    down='op.execute("ALTER TABLE u DROP b")',
)


def test_a_type_that_is_created_again_fails_and_what_follows_is_proven(tmp_path: Path) -> None:
    checked = run_check(write_project(tmp_path, FIRST, AGAIN, LAST))
    assert checked.outcomes() == {"a1": "passed", "b2": "failed", "c3": "passed"}
    assert set(checked.round_trips().values()) == {"same"}
    revision = checked.revision("b2")
    assert revision["reason"] == 'type "mood" already exists'
    [finding] = [finding for finding in revision["findings"] if finding["hazard"] == "revision-fails"]
    assert "within one run" in finding["message"]
    assert "create_type=False" in finding["advice"]
    sent = [statement["sql"] for statement in revision["statements"]]
    assert len([text for text in sent if text.startswith("ALTER TABLE t")]) == 1
    assert checked.code == 1


def test_it_is_applied_on_a_new_database_too(tmp_path: Path) -> None:
    """A downgrade that fails costs the database; the history is then applied again."""
    broken = Revision("c3", after="b2", up='op.execute("ALTER TABLE u ADD b int")', down='op.execute("nonsense")')
    last = Revision("d4", after="c3", up='op.execute("ALTER TABLE u ADD c int")', down="pass")
    checked = run_check(write_project(tmp_path, FIRST, AGAIN, broken, last))
    assert checked.outcomes() == {"a1": "passed", "b2": "failed", "c3": "passed", "d4": "passed"}
    assert checked.round_trips()["c3"] == "failed"


def test_a_type_that_is_created_again_by_sql_fails_in_any_run(tmp_path: Path) -> None:
    again = Revision("b2", after="a1", up="""op.execute("CREATE TYPE mood AS ENUM ('new')")""")
    checked = run_check(write_project(tmp_path, FIRST, again, LAST))
    assert checked.outcomes() == {"a1": "passed", "b2": "failed", "c3": "not run"}
    [finding] = [finding for finding in checked.revision("b2")["findings"] if finding["hazard"] == "revision-fails"]
    assert "within one run" not in finding["message"]
