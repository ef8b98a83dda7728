"""Which revisions are proven: the others are applied and not told about, unless they fail."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import asyncpg
import pytest

from checks.projects import Revision, env_py, run_check, run_midflight, write_project, write_revision
from midflight.bridge.environment import Environment
from midflight.bridge.pending import pending
from midflight.bridge.project import Project, ProjectSource, load_project
from midflight.bridge.ranges import changed_since, select
from midflight.errors import RangeError

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.pg.addresses import Address

A, B = Revision("aaa111"), Revision("abb222", after="aaa111")
SIDE = Revision("side33", after="aaa111", labels=("side",))
MERGE, HEAD = Revision("merge4", after=("abb222", "side33")), Revision("head55", after="merge4")
HISTORY = (A, B, SIDE, MERGE, HEAD)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = write_project(tmp_path_factory.mktemp("ranges"), *HISTORY)
    return load_project(ProjectSource(folder / "alembic.ini"))


@pytest.mark.parametrize(
    ("range_", "expected"),
    [
        ("base:head", {"aaa111", "abb222", "side33", "merge4", "head55"}),
        ("head", {"head55"}),
        ("abb222", {"abb222"}),
        ("side", {"side33"}),
        ("side@head", {"head55"}),
        ("merg", {"merge4"}),
        ("aaa111:merge4", {"abb222", "side33", "merge4"}),
        ("abb222:merge4", {"side33", "merge4"}),
        (":ab", {"aaa111", "abb222"}),
        ("merge4:", {"head55"}),
    ],
)
def test_ranges(project: Project, range_: str, expected: set[str]) -> None:
    assert select(project, project.history(), range_) == expected


@pytest.mark.parametrize(
    ("range_", "said"),
    [
        ("nothere", "nothere"),
        ("a", "'a'"),  # two begin with it
        ("aaa111:nothere", "nothere"),
        ("head55:aaa111", "holds no revision"),
        ("abb222:abb222", "holds no revision"),
        ("base", "'base'"),
        ("head-1", "head-1"),
        ("a:b:c", "b:c"),
        ("", "''"),
    ],
)
def test_a_range_that_names_no_revision(project: Project, range_: str, said: str) -> None:
    with pytest.raises(RangeError) as caught:
        select(project, project.history(), range_)
    assert said in str(caught.value)


def test_those_before_a_range_are_applied_and_not_told_about(tmp_path: Path) -> None:
    folder = write_project(
        tmp_path,
        Revision("first", up='op.execute("CREATE TABLE t (id int)")'),
        Revision("second", after="first", up='op.execute("ALTER TABLE t ADD COLUMN a int")'),
        Revision("third", after="second", up='op.execute("ALTER TABLE t DROP COLUMN a")'),
    )
    checked = run_check(folder, "first:second")
    assert checked.outcomes() == {"second": "passed"}, checked.err
    assert checked.document["summary"]["skipped"] == 2

    unknown = run_check(folder, "fourth")
    assert (unknown.code, unknown.out) == (2, "")
    assert unknown.err.startswith("error: ")
    assert "fourth" in unknown.err.splitlines()[0]


def test_what_fails_before_the_range_is_told(tmp_path: Path) -> None:
    folder = write_project(
        tmp_path,
        Revision("fine", up='op.execute("CREATE TABLE t (id int)")'),
        Revision("fails", after="fine", up='op.execute("DROP TABLE nowhere")'),
        Revision("needs", after="fails", up='op.execute("ALTER TABLE t ADD COLUMN a int")'),
    )
    checked = run_check(folder, "needs")
    assert checked.code == 1, checked.err
    assert checked.outcomes() == {"fails": "failed", "needs": "not run"}
    assert checked.revision("fails")["reason"] == 'table "nowhere" does not exist'
    assert checked.document["summary"]["skipped"] == 1


def test_since_a_commit(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        me = ("-c", "user.name=me", "-c", "user.email=me@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *me, *arguments], cwd=tmp_path, check=True, capture_output=True)

    folder = write_project(tmp_path / "service with a space", A, B, SIDE, MERGE)
    (tmp_path / ".gitignore").write_text("__pycache__/\n")
    git("init")
    git("add", ".")
    git("commit", "-m", "first")
    git("tag", "v1")
    write_revision(folder, Revision("fifth", after="merge4"))
    git("add", ".")
    git("commit", "-m", "second")
    changed = write_revision(folder, Revision("abb222", after="aaa111", up="print('changed')"))
    write_revision(folder, Revision("sixth", after="fifth"))  # Git does not know it yet

    since_first, since_second = run_check(folder, "--since", "v1"), run_check(folder, "--since", "HEAD")
    assert since_first.code == 0, since_first.err
    assert set(since_first.ids) == {"fifth", changed.stem, "sixth"}
    assert set(since_second.ids) == {changed.stem, "sixth"}
    assert "changed" in since_second.err  # what a revision prints goes to standard error

    history = load_project(ProjectSource(folder / "alembic.ini")).history()
    for reference in ("v2", "--output=nothing"):
        with pytest.raises(RangeError, match=reference):
            changed_since(history, reference)
    assert not list(tmp_path.rglob("nothing"))


def test_since_where_git_knows_nothing(tmp_path: Path) -> None:
    history = load_project(ProjectSource(write_project(tmp_path, A) / "alembic.ini")).history()
    with pytest.raises(RangeError, match=r"git: .*not a git repository"):
        changed_since(history, "HEAD")


async def test_pending_against_a_database(tmp_path: Path, database: Address) -> None:
    own = env_py("asyncpg", url=database.url("postgresql+asyncpg"), options="version_table='versions'")
    folder = write_project(tmp_path, *HISTORY, env=own)
    project = load_project(ProjectSource(folder / "alembic.ini"))
    environment = Environment("asyncpg", True, {"version_table": "versions"}, database=database)  # noqa: FBT003 - a field
    every = {revision.id for revision in HISTORY}
    assert await pending(project, environment, project.history(), None) == every

    await execute(database, "CREATE TABLE versions (version_num text)")
    await execute(database, "INSERT INTO versions VALUES ('abb222'), ('side33')")
    checked = run_check(folder, "--pending")
    assert set(checked.ids) == {"merge4", "head55"}, checked.err
    assert checked.document["summary"]["skipped"] == 3
    assert await execute(database, "SELECT version_num FROM versions") == "SELECT 2"  # it was only read

    await execute(database, "UPDATE versions SET version_num = 'stranger'")
    with pytest.raises(RangeError, match="at revision stranger, which this history does not have"):
        await pending(project, environment, project.history(), database)


async def test_pending_against_a_database_that_is_named(tmp_path: Path, database: Address) -> None:
    await execute(database, "CREATE TABLE alembic_version (version_num text)")
    await execute(database, "INSERT INTO alembic_version VALUES ('merge4')")
    folder = write_project(tmp_path, *HISTORY)
    checked = run_check(folder, "--pending", "--database", database.url())
    assert checked.ids == ["head55"], checked.err

    unreachable = run_check(folder, "--pending")
    assert (unreachable.code, unreachable.out) == (3, "")
    assert unreachable.err.startswith("error: nobody@nowhere.invalid:5432/shop: ")


async def execute(database: Address, statement: str) -> str:
    connection: asyncpg.Connection = await asyncpg.connect(**database.asyncpg_arguments())
    try:
        return str(await connection.execute(statement))
    finally:
        await connection.close()


async def test_a_revision_that_was_edited_after_it_was_applied(tmp_path: Path, database: Address) -> None:
    folder = write_project(tmp_path, A, env=env_py("asyncpg", url=database.url("postgresql+asyncpg")))
    upgraded = run_midflight(folder, "upgrade")
    assert upgraded.code == 0, upgraded.err
    assert run_check(folder, "--pending").document["findings"] == []

    file = folder / "migrations" / "versions" / f"{A.id}.py"
    file.write_text(file.read_text().replace("pass", "pass  # and more", 1))
    [finding] = run_check(folder, "--pending").document["findings"]
    assert (finding["hazard"], finding["severity"]) == ("edited-after-apply", "error")
    assert f"{A.id}.py ({A.id}) is not as it was applied" in finding["message"]
    again = run_midflight(folder, "upgrade")
    assert (again.code, f"warning: {A.id}.py ({A.id}) was edited after it was applied here" in again.out) == (0, True)
    await execute(database, "DROP SCHEMA midflight CASCADE")
