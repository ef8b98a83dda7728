"""Each table holds rows while a revision is proven: what fails on them, what a downgrade loses and does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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


def hazards(revision: dict[str, Any]) -> list[str]:
    return [finding["hazard"] for finding in revision["findings"]]


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


# What is done and how it is taken back.
OTHERS = {
    "mended first": (
        "op.execute(\"UPDATE t SET name = '' WHERE name IS NULL\")\nop.alter_column('t', 'name', nullable=False)",
        "op.alter_column('t', 'name', nullable=True)",
    ),
    "required column": ("op.execute('ALTER TABLE t ADD n int NOT NULL')", "op.drop_column('t', 'n')"),
    "downgrade": (
        "op.execute('ALTER TABLE t ALTER code DROP NOT NULL')\nop.execute('UPDATE t SET code = NULL')",
        "op.execute('ALTER TABLE t ALTER code SET NOT NULL')",
    ),
    "with rows and without": ("op.execute('SELECT 1 / 0')", "pass"),
    "code": (
        "import json\nfor (code,) in op.get_bind().execute(sa.text('SELECT code FROM t')): json.loads(code)",
        "pass",
    ),
    "way back": (
        """op.create_table('t_new', sa.Column('id', sa.Integer, primary_key=True))
op.create_index('t_new_id', 't_new', ['id'])
with op.get_context().autocommit_block():
    op.create_index('t_name', 't', ['name'], postgresql_concurrently=True)""",
        "op.drop_index('t_new_id', 't_new')\nop.drop_table('t_new')\nop.drop_index('t_name', 't')",
    ),
}
CASES = {**{name: case[:2] for name, case in {**FAILING, **LOSSES}.items()}, **OTHERS}


def of_case(text: str, name: str) -> str:
    """Give each case tables of its own: t1 and u1, t2 and u2."""
    number = list(CASES).index(name) + 1
    return re.sub(r"\b([tu])(?![a-z])", rf"\g<1>{number}", text)


@dataclass(frozen=True, slots=True)
class Cases:
    """One history with a branch for each case, checked once."""

    folder: Path
    checked: Checked

    def revision(self, name: str) -> dict[str, Any]:
        return self.checked.revision(self._id(name))

    def findings(self, name: str, hazard: str) -> list[dict[str, Any]]:
        return [found for found in self.revision(name)["findings"] if found["hazard"] == hazard]

    def line_of(self, name: str, text: str) -> int:
        return line_of(self.folder / f"migrations/versions/{self._id(name)}.py", of_case(text, name))

    def _id(self, name: str) -> str:
        return f"b{list(CASES).index(name) + 1}"


@pytest.fixture(scope="module", params=[("machine", "15"), ("embedded", "18")], ids=["pg15", "pg18"])
def cases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Cases:
    where, major = request.param
    revisions = []
    for number, (name, (up, down)) in enumerate(CASES.items(), 1):
        tables = Revision(f"a{number}", up=of_case(TABLE.up, name), down=of_case(TABLE.down or "", name))
        case = Revision(f"b{number}", after=f"a{number}", up=of_case(up, name), down=of_case(down, name))
        revisions += [tables, case]
    folder = write_project(tmp_path_factory.mktemp("rows"), *revisions)
    return Cases(folder, run_check(folder, "--shadow", where, "--postgres", major))


@pytest.mark.parametrize("name", FAILING)
def test_a_revision_that_fails_on_rows_alone(cases: Cases, name: str) -> None:
    """It is told, with the line; all the rest is proven as if there were no rows."""
    up, _, refusal = FAILING[name]
    revision = cases.revision(name)
    [finding] = cases.findings(name, "fails-on-existing-rows")
    assert finding["severity"] == "warning"
    assert f"upgrade() fails on rows as the tables may hold them: {of_case(refusal, name)}" in finding["message"]
    assert finding["line"] == cases.line_of(name, up.splitlines()[-1].strip())
    assert (revision["outcome"], revision["round_trip"]["status"]) == ("passed", "same")
    assert revision["statements"]


def test_what_mends_the_rows_first_does_not_fail(cases: Cases) -> None:
    assert cases.findings("mended first", "set-not-null-scans")
    assert not cases.findings("mended first", "fails-on-existing-rows")


def test_what_another_finding_says_is_not_said_twice(cases: Cases) -> None:
    assert cases.findings("required column", "add-required-column")
    assert not cases.findings("required column", "fails-on-existing-rows")


def test_a_downgrade_that_fails_on_rows(cases: Cases) -> None:
    [finding] = cases.findings("downgrade", "fails-on-existing-rows")
    assert finding["message"].startswith("downgrade() fails on rows as the tables may hold them: column")
    assert cases.revision("downgrade")["round_trip"]["status"] == "same"


def test_a_revision_that_fails_with_rows_and_without(cases: Cases) -> None:
    revision = cases.revision("with rows and without")
    assert revision["outcome"] == "failed"
    assert hazards(revision) == ["revision-fails"]


def test_code_that_cannot_read_synthetic_rows(cases: Cases) -> None:
    """A row that is no JSON says nothing about production's: it is a note, not a finding."""
    revision = cases.revision("code")
    assert (revision["outcome"], hazards(revision)) == ("passed", [])
    [note] = [note for note in cases.checked.document["notes"] if f"the code of {revision['id']} " in note]
    assert "fails on synthetic rows, so it was proven without them: JSONDecodeError" in note


@pytest.mark.parametrize("name", LOSSES)
def test_what_a_downgrade_loses(cases: Cases, name: str) -> None:
    lost = [of_case(one, name) for one in LOSSES[name][2]]
    assert cases.revision(name)["round_trip"]["lost"] == lost
    told = bool(cases.findings(name, "downgrade-loses-data"))
    assert told == (name == "values")  # the others are implied by drop-column and unbatched-delete


def test_the_way_back_is_watched(cases: Cases) -> None:
    """As warnings, and not for tables that the upgrade made."""
    found = [
        (finding["hazard"], finding["severity"], finding["table"], finding["line"])
        for finding in cases.revision("way back")["findings"]
        if finding["message"].startswith("downgrade(): ")
    ]
    line = cases.line_of("way back", "op.drop_index('t_name', 't')")
    assert found == [("drop-index-blocks", "warning", of_case("t", "way back"), line)]


def test_a_table_without_rows_is_named(tmp_path: Path) -> None:
    never = Revision(
        "a1",
        up="op.execute('CREATE TABLE never (a int NOT NULL CHECK (a < 0 AND a > 0))')",
        down="op.execute('DROP TABLE never')",
    )
    checked = run_check(write_project(tmp_path, never, Revision("b2", after="a1")))
    assert checked.code == 0
    assert "no synthetic rows could be made for never: " in "\n".join(checked.document["notes"])


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


def test_what_revisions_inserted_is_there_though_ours_was_taken_away(tmp_path: Path) -> None:
    """Rows of a revision's in a table that held some of ours: the next one needs them, and fails on ours."""
    seeds = "op.execute(\"INSERT INTO t VALUES (7, 'seven', 'seed')\")"
    needs = (
        "assert op.get_bind().execute(sa.text(\"SELECT count(*) FROM t WHERE code = 'seed'\")).scalar() == 1\n"
        "op.execute('ALTER TABLE t ALTER name SET NOT NULL')"
    )
    second = Revision("b2", after="a1", up=seeds, down="op.execute('DELETE FROM t WHERE id = 7')")
    third = Revision("c3", after="b2", up=needs, down="op.execute('ALTER TABLE t ALTER name DROP NOT NULL')")
    checked = run_check(write_project(tmp_path, TABLE, second, third))
    assert checked.outcomes()["c3"] == "passed"
    assert "fails-on-existing-rows" in hazards(checked.revision("c3"))


def test_a_revision_that_leaves_a_transaction_open(tmp_path: Path) -> None:
    """Nobody can fill the table that it locks: that is told, and the check goes on."""
    opens = """
if not KEPT:
    KEPT.append(sa.create_engine(op.get_bind().engine.url).connect())
    KEPT[0].execute(sa.text('LOCK TABLE t'))
"""
    second = Revision("b2", after="a1", before="KEPT = []", up=opens)
    third = Revision("c3", after="b2", up="op.execute('CREATE TABLE v (id int)')", down="op.execute('DROP TABLE v')")
    checked = run_check(write_project(tmp_path, TABLE, second, third))
    assert checked.err == ""
    assert checked.outcomes()["c3"] == "passed"
    assert "another session, which a revision has opened, holds locks" in "\n".join(checked.document["notes"])
