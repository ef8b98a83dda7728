"""Upgrade, downgrade, upgrade: what does not lead back is shown, and the history goes on from the right state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.projects import Revision, env_py, line_of, run_check, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.pg.addresses import Address

TABLE = Revision(
    "table",
    up='op.execute("CREATE TABLE t (id int PRIMARY KEY, a int, b text)")',
    down='op.execute("DROP TABLE t")',
)
ENUM = Revision(  # as autogenerate writes it
    "enum",
    after="table",
    up='op.create_table("u", sa.Column("mood", sa.Enum("well", "ill", name="mood")))  # again',
    down='op.drop_table("u")',
)
LEAK = Revision(
    "leak",
    after="enum",
    up="""
    op.execute("CREATE SEQUENCE IF NOT EXISTS numbers")
    op.execute("CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    op.execute("ALTER TABLE t ADD COLUMN c int")
    """,
    down='op.execute("ALTER TABLE t DROP COLUMN c")',
)
ORDER = Revision(
    "order",
    after="leak",
    up='op.execute("ALTER TABLE t DROP COLUMN a")',
    down='op.execute("ALTER TABLE t ADD COLUMN a int")',
)
EMPTY = Revision("empty", after="order", up='op.execute("ALTER TABLE t ADD COLUMN d int")')
RAISES = Revision(
    "raises",
    after="empty",
    up='op.execute("ALTER TABLE t ADD COLUMN e int")',
    down='raise NotImplementedError("there is no way back")',
)
ABSENT = Revision("absent", after="raises", up='op.execute("ALTER TABLE t ADD COLUMN f int")', down=None)
WRONG = Revision(
    "wrong",
    after="absent",
    up='op.execute("ALTER TABLE t ADD COLUMN g int")',
    down='op.execute("ALTER TABLE t DROP COLUMN nowhere")',
)
HALF = Revision(
    "half",
    after="wrong",
    up="""
    op.execute("ALTER TABLE t ADD COLUMN h int")
    op.execute("CREATE INDEX t_h ON t (h)")
    """,
    down="""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX t_h")
    op.execute("ALTER TABLE t DROP COLUMN nowhere")
    """,
)
NEEDS_ALL = Revision(
    "needs_all",
    after="half",
    up="""
    op.execute("ALTER INDEX t_h RENAME TO t_by_h")
    op.execute("ALTER TYPE mood RENAME TO humour")
    op.execute("CREATE VIEW v AS SELECT id, b, c, d, e, f, g, h, one(), nextval('numbers') FROM t")
    """,
    down="""
    op.execute("DROP VIEW v")
    op.execute("ALTER TYPE humour RENAME TO mood")
    op.execute("ALTER INDEX t_by_h RENAME TO t_h")
    """,
)


def test_what_does_not_lead_back(tmp_path: Path, server: Address) -> None:
    history = (TABLE, ENUM, LEAK, ORDER, EMPTY, RAISES, ABSENT, WRONG, HALF, NEEDS_ALL)
    folder = write_project(tmp_path, *history)
    checked = run_check(folder, "--shadow", server.url())

    assert checked.code == 1, checked.err
    assert checked.outcomes() == {revision.id: "passed" for revision in history}
    assert checked.round_trips() == {
        "table": "same",
        "enum": "failed",
        "leak": "differs",
        "order": "reordered",
        "empty": "differs",
        "raises": "irreversible",
        "absent": "irreversible",
        "wrong": "failed",
        "half": "failed",
        "needs_all": "same",
    }
    round_trips = {id_: checked.revision(id_)["round_trip"] for id_ in checked.ids}
    versions = folder / "migrations" / "versions"
    assert round_trips["enum"]["reason"] == 'second upgrade, after the downgrade: type "mood" already exists'
    assert round_trips["enum"]["line"] == line_of(versions / "enum.py", "# again")
    assert round_trips["enum"]["after_downgrade"] == ["+ type mood: enum ('well', 'ill')"]
    leaked = round_trips["leak"]["after_downgrade"]
    assert [line.partition(":")[0] for line in leaked] == ["+ sequence numbers", "+ function one()"]
    assert round_trips["leak"]["after_second_upgrade"] == []
    assert round_trips["order"]["after_downgrade"] == [
        "table t",
        "  ~ column a: position 2 -> 4",
        "  ~ column b: position 3 -> 2",
        "  ~ column c: position 4 -> 3",
    ]
    assert round_trips["empty"]["reason"] == "downgrade() takes nothing back"
    assert round_trips["empty"]["after_downgrade"] == ["table t", "  + column d: integer"]
    assert round_trips["raises"]["reason"] == "downgrade: NotImplementedError: there is no way back"
    assert round_trips["raises"]["line"] == line_of(versions / "raises.py", "raise NotImplementedError")
    assert round_trips["absent"]["reason"] == "downgrade: it has no downgrade()"
    for id_ in ("wrong", "half"):
        assert round_trips[id_]["reason"] == 'downgrade: column "nowhere" of relation "t" does not exist'
        assert round_trips[id_]["line"] == line_of(versions / f"{id_}.py", "nowhere")


def test_a_revision_that_fails_leaves_no_trace_for_those_after_it(tmp_path: Path) -> None:
    half = Revision(
        "z_half",
        after="table",
        up="""
        with op.get_context().autocommit_block():
            op.execute("CREATE TABLE half_done (id int)")
        op.execute("CREATE TABLE never_done (id int)")
        op.execute("ALTER TABLE nowhere ADD COLUMN a int")
        """,
    )
    beside = Revision(
        "beside",
        after="table",
        up='op.execute("CREATE TABLE half_done (id int)")\nop.execute("CREATE TABLE never_done (id int)")',
        down='op.execute("DROP TABLE half_done, never_done")',
    )
    folder = write_project(
        tmp_path,
        TABLE,
        half,
        Revision("above", after="z_half"),
        beside,
        Revision("merge", after=("beside", "above")),
    )
    checked = run_check(folder)

    assert checked.code == 1, checked.err
    assert checked.outcomes() == {
        "table": "passed",
        "z_half": "failed",
        "above": "not run",
        "beside": "passed",
        "merge": "not run",
    }
    assert checked.revision("z_half")["reason"] == 'relation "nowhere" does not exist'
    assert checked.revision("z_half")["line"] == line_of(folder / "migrations/versions/z_half.py", "nowhere")
    assert [finding["hazard"] for finding in checked.revision("z_half")["findings"]] == [
        "revision-fails",
        "partial-commit",
    ]
    assert [statement["error"] for statement in checked.revision("z_half")["statements"]] == [
        None,
        None,
        'relation "nowhere" does not exist',
    ]
    assert checked.round_trips()["beside"] == "same"
    assert checked.document["summary"]["outcomes"] == {"failed": 1, "not run": 2, "passed": 2}


def test_roles_of_a_revision_do_not_outlive_its_database(tmp_path: Path) -> None:
    """The downgrade of b2 fails, so the history goes on in a new database, on a server that has the role already."""
    folder = write_project(
        tmp_path,
        Revision("a1", up="op.execute('CREATE ROLE reporter')", down="op.execute('DROP ROLE reporter')"),
        Revision("b2", after="a1", up="op.execute('CREATE TABLE t ()')", down="op.execute('DROP TABLE no_such')"),
        Revision(
            "c3",
            after="b2",
            up="op.execute('GRANT SELECT ON t TO reporter')",
            down="op.execute('REVOKE ALL ON t FROM reporter')",
        ),
    )
    checked = run_check(folder)
    assert checked.round_trips() == {"a1": "same", "b2": "failed", "c3": "same"}


def test_names_that_postgresql_picks_are_no_difference(tmp_path: Path) -> None:
    """From 18 on a NOT NULL constraint has a name, and keeps it where its column gets another one."""
    renamed = Revision(
        "renamed",
        after="table",
        up="""
        op.execute("ALTER TABLE t ALTER a SET NOT NULL")
        op.execute("ALTER TABLE t RENAME a TO z")
        op.execute("ALTER TABLE t ALTER z DROP NOT NULL")
        op.execute("ALTER TABLE t ALTER b SET NOT NULL")
        """,
        down="""
        op.execute("ALTER TABLE t ALTER b DROP NOT NULL")
        op.execute("ALTER TABLE t RENAME z TO a")
        """,
    )
    again = Revision(
        "again",
        after="renamed",
        up="""
        op.execute("ALTER TABLE t ALTER b DROP NOT NULL")
        op.execute("ALTER TABLE t RENAME b TO y")
        """,
        down="""
        op.execute("ALTER TABLE t ALTER y SET NOT NULL")
        op.execute("ALTER TABLE t RENAME y TO b")
        """,
    )
    named = Revision(
        "named",
        after="again",
        up='op.execute("ALTER TABLE t ADD CONSTRAINT must NOT NULL z")',
        down="""
        op.execute("ALTER TABLE t ALTER z DROP NOT NULL")
        op.execute("ALTER TABLE t ADD CONSTRAINT must_again NOT NULL z")
        """,
    )
    checked = run_check(write_project(tmp_path, TABLE, renamed, again, named))
    assert checked.round_trips() == {"table": "same", "renamed": "same", "again": "same", "named": "differs"}
    assert checked.revision("again")["round_trip"]["after_downgrade"] == []


def test_a_revision_that_commits_by_itself(tmp_path: Path) -> None:
    """What comes after its COMMIT is committed as well: what follows does not run in the same transaction."""
    commits = Revision(
        "commits",
        after="table",
        up='op.execute("ALTER TABLE t ADD COLUMN c int"); op.get_bind().commit()',
        down='op.execute("ALTER TABLE t DROP COLUMN c")',
    )
    after = Revision(
        "after",
        after="commits",
        up='op.execute("CREATE VIEW v AS SELECT a FROM t")',
        down='op.execute("DROP VIEW v")',
    )
    checked = run_check(write_project(tmp_path, TABLE, commits, after))
    assert checked.round_trips() == {"table": "same", "commits": "same", "after": "same"}
    [statement] = checked.revision("after")["statements"]
    held = {(lock["relation"], lock["mode"]) for lock in statement["locks_held"]}
    assert ("t", "ACCESS EXCLUSIVE") not in held


@pytest.mark.parametrize("driver", ["psycopg2", "asyncpg"])
def test_an_error_that_a_revision_passes_over_is_the_one_that_is_told(tmp_path: Path, driver: str) -> None:
    swallows = Revision(
        "swallows",
        after="table",
        up='op.execute("ALTER TABLE t ADD COLUMN c int")',
        down="""
        try:
            op.execute("DROP TABLE nowhere")
        except Exception:
            pass
        """,
    )
    folder = write_project(tmp_path, TABLE, swallows, env=env_py(driver))
    round_trip = run_check(folder).revision("swallows")["round_trip"]
    assert round_trip["status"] == "failed"
    assert 'table "nowhere" does not exist; the code goes on' in round_trip["reason"]
    assert round_trip["line"] == line_of(folder / "migrations" / "versions" / "swallows.py", "DROP TABLE nowhere")
