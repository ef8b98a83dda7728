"""The three revisions of a change that old and new code live through together, as they are written for the user."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from bridge.migrations import Migrations, body
from checks.projects import Revision, env_py, run_check, write_project
from midflight.bridge.autogenerate.types import POSTGRESQL
from midflight.bridge.change_words import read_change
from midflight.bridge.commands import run_alembic_command
from midflight.bridge.project import ProjectSource, load_project
from midflight.bridge.type_words import read_type
from midflight.errors import MidflightError, ProjectError, UsageError
from midflight.operations.phase import Phase

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.pg.addresses import Address

TABLES = """
op.execute("CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, phone text, total numeric(10, 2), title text)")
op.execute("CREATE TABLE profiles (id int PRIMARY KEY, user_id int UNIQUE REFERENCES users)")
op.execute("CREATE INDEX ix_users_name ON users (name)")
op.execute("INSERT INTO users SELECT i, i, i, i, 'first_last' FROM generate_series(1, 50) AS i")
op.execute("INSERT INTO profiles SELECT i, i FROM generate_series(1, 50) AS i")
"""


def write_revisions(folder: Path, *words: str) -> list[str]:
    """Call ``midflight revision`` in a project; return the texts of the revisions that were there before or after."""
    run_alembic_command("revision", ["--expand-contract", *words], folder / "alembic.ini", "", "")
    project = load_project(ProjectSource(folder / "alembic.ini"))
    return [revision.path.read_text() for revision in project.history() if revision.declared_phase is not None]


def project(folder: Path, first: str = TABLES, url: str | None = None) -> Path:
    """Write a stock project with one revision and Alembic's own template, more or less."""
    drop = 'op.execute("DROP TABLE profiles, users")'
    write_project(folder, Revision("a1", up=first, down=drop), env=env_py("psycopg", url=url))
    template = '"""${message}"""\nfrom alembic import op\nimport sqlalchemy as sa\n${imports if imports else ""}\n\n'
    template += "revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n"
    template += "branch_labels = ${repr(branch_labels)}\n\n\n"
    template += 'def upgrade() -> None:\n    ${upgrades if upgrades else "pass"}\n\n\n'
    template += 'def downgrade() -> None:\n    ${downgrades if downgrades else "pass"}\n'
    (folder / "migrations" / "script.py.mako").write_text(template)
    return folder


def test_three_revisions_follow_each_other(tmp_path: Path) -> None:
    texts = write_revisions(project(tmp_path), "rename_column", "users", "name", "full_name")
    history = load_project(ProjectSource(tmp_path / "alembic.ini")).history()
    assert [revision.phase for revision in history[1:]] == list(Phase)
    assert [revision.parents for revision in history] == [(), *((one.id,) for one in history[:-1])]
    assert [revision.title for revision in history[1:]] == [
        f"{phase.value}: rename users.name to full_name" for phase in Phase
    ]
    for text, phase in zip(texts, Phase, strict=True):
        call = f"op.rename_column('users', 'name', 'full_name', phase='{phase.value}'"
        assert body(text, "upgrade") == [f"{call})"]
        assert body(text, "downgrade") == [f"{call}, undo=True)"]
        assert f"import sqlalchemy as sa\nfrom midflight import op\n\nphase: str = '{phase.value}'\n" in text


def test_a_message_and_the_first_ones_place_are_the_users(tmp_path: Path) -> None:
    write_revisions(
        project(tmp_path), "rename_table", "users", "accounts", "schema=shop", "-m", "accounts", "--rev-id", "first"
    )
    write_revisions(tmp_path, "rename_table", "a", "b", "--head", "a1", "--splice", "--branch-label", "aside")
    history = load_project(ProjectSource(tmp_path / "alembic.ini")).history()
    first = next(revision for revision in history if revision.id == "first")
    assert first.title == "expand: accounts"
    assert "op.rename_table('users', 'accounts', schema='shop', phase='expand')" in first.path.read_text()
    [aside] = [revision for revision in history if revision.title == "expand: rename a to b"]
    assert (aside.parents, aside.branch_labels) == (("a1",), ("aside",))


def test_nothing_is_written_over(tmp_path: Path) -> None:
    project(tmp_path)
    ini = (tmp_path / "alembic.ini").read_text()
    (tmp_path / "alembic.ini").write_text(f"{ini}file_template = %%(slug)s\n")
    write_revisions(tmp_path, "rename_column", "users", "name", "full_name")
    before = sorted((tmp_path / "migrations" / "versions").iterdir())
    with pytest.raises(ProjectError, match="is there already"):
        write_revisions(tmp_path, "rename_column", "users", "name", "full_name")
    assert sorted((tmp_path / "migrations" / "versions").iterdir()) == before


def test_a_template_without_a_place_for_calls_is_told(tmp_path: Path) -> None:
    project(tmp_path)
    template = '${imports}\n% for db in ["a", "b"]:\n${context.get(f"{db}_upgrades", "pass")}\n% endfor\n'
    (tmp_path / "migrations" / "script.py.mako").write_text(template)
    with pytest.raises(ProjectError, match="no place for what a revision does"):
        write_revisions(tmp_path, "rename_table", "a", "b")


WRONG = (
    ("nothing users", "nothing is no change in phases"),
    ("rename_column users name", r"rename_column takes TABLE COLUMN NEW_NAME \[schema=...\]"),
    ("rename_column users name full_name more", "rename_column takes"),
    ("move_column users phone profiles", "move_column takes TABLE COLUMN TO_TABLE on=..."),
    ("move_column users phone profiles on=user_id", "on=user_id: not understood"),
    ("change_type users total integr", "integr is no type that SQLAlchemy knows"),
    ("split_column users name first:text back=first", "first:text: not understood"),
    ("split_column users name back=first", "split_column takes TABLE COLUMN COLUMN:TYPE:SQL ... back=..."),
    ("rename_column users name full_name --autogenerate", "--expand-contract goes with neither"),
)


@pytest.mark.parametrize(("words", "reason"), WRONG)
def test_what_cannot_be_understood_is_told(tmp_path: Path, words: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        write_revisions(project(tmp_path), *words.split())
    assert len(list((tmp_path / "migrations" / "versions").glob("*.py"))) == 1


TYPES = {
    "bigint": "BigInteger()",
    "varchar(40)": "String(length=40)",
    "numeric(10, 2)": "Numeric(precision=10, scale=2)",
    "timestamptz": "DateTime(timezone=True)",
    "timestamp(3)": "TIMESTAMP(precision=3)",
    "double precision": "DOUBLE_PRECISION()",
    "char(3)": "CHAR(length=3)",
    "text[]": "ARRAY(Text())",
}


@pytest.mark.parametrize("text", TYPES)
def test_types_are_written_as_sql_names_them(text: str) -> None:
    assert repr(read_type(text)) == TYPES[text]
    assert read_type(text).compile(dialect=POSTGRESQL)


SPLIT = "first:text:title last:text:NULL::text back=first existing_type=text"
MERGE = "title:text:label value=title"
SPOKEN = (
    "rename_column users name full_name",
    "rename_table users accounts",
    "change_type users total bigint existing_type=numeric(10,2)",
    "move_column users phone profiles on=user_id:id to_column=mobile",
    f"split_column users title {SPLIT}",
    f"merge_columns users label text {MERGE}",
)


@pytest.mark.parametrize("words", SPOKEN, ids=lambda words: words.split()[0])
def test_written_revisions_run_there_and_back(tmp_path: Path, database: Address, words: str) -> None:
    project(tmp_path, url=database.url("postgresql+psycopg"))
    texts = write_revisions(tmp_path, *words.split())
    assert len(texts) == len(Phase)
    config = Config(str(tmp_path / "alembic.ini"), stdout=io.StringIO())
    command.upgrade(config, "head")
    command.downgrade(config, "a1" if words.startswith(("rename_table", "rename_column")) else "-1")


@pytest.mark.parametrize("words", SPOKEN, ids=lambda words: words.split()[0])
def test_check_finds_nothing_in_them(tmp_path: Path, words: str) -> None:
    write_revisions(project(tmp_path), *words.split())
    checked = run_check(tmp_path, "a1:heads")
    found = {
        (one["hazard"], one["message"]) for revision in checked.document["revisions"] for one in revision["findings"]
    }
    assert {hazard for hazard, _ in found} <= {"downgrade-reorders-columns"}, found  # a column that comes back is last
    assert checked.code == 0


def users(*columns: sa.Column[Any], **options: Any) -> sa.MetaData:  # noqa: ANN401 - as SQLAlchemy has them
    metadata = sa.MetaData()
    sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True), *columns, **options)
    return metadata


def renamed(**options: Any) -> sa.Column[Any]:  # noqa: ANN401 - as SQLAlchemy has them
    return sa.Column("full_name", sa.Text, info={"midflight": {"renamed_from": "name"}}, **options)


def test_autogenerate_takes_a_rename_from_the_models(tmp_path: Path, database: Address) -> None:
    migrations = Migrations(tmp_path, database)
    migrations.reach(users(sa.Column("name", sa.Text, index=True, unique=True)))
    models = users(renamed(index=True, unique=True), sa.Column("more", sa.Text))
    first, *texts = migrations.autogenerate(models)
    assert body(first, "upgrade") == ["op.add_column('users', sa.Column('more', sa.Text(), nullable=True))"]
    assert "phase" not in first
    for text, phase in zip(texts, Phase, strict=True):
        call = f"op.rename_column('users', 'name', 'full_name', phase='{phase.value}'"
        assert body(text, "upgrade") == [f"{call})"]
        assert body(text, "downgrade") == [f"{call}, undo=True)"]
        assert f"\nphase: str = '{phase.value}'\n" in text
    migrations.upgrade()
    [text] = migrations.autogenerate(models)  # the old column is gone: what is said of it says nothing any more
    assert body(text, "upgrade") == ["pass"]


def test_autogenerate_takes_a_renamed_table_from_the_models(tmp_path: Path, database: Address) -> None:
    def models(name: str, **options: Any) -> sa.MetaData:  # noqa: ANN401 - as SQLAlchemy has them
        metadata = sa.MetaData()
        sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), **options)
        sa.Table("notes", metadata, sa.Column("user_id", sa.ForeignKey(f"{name}.id")))
        return metadata

    migrations = Migrations(tmp_path, database)
    migrations.reach(models("users"))
    after = models("accounts", info={"midflight": {"renamed_from": "users"}})
    texts = migrations.autogenerate(after)
    assert [body(text, "upgrade") for text in texts] == [
        [f"op.rename_table('users', 'accounts', phase='{phase.value}')"] for phase in Phase
    ]
    migrations.upgrade()
    assert migrations.differences(after) == []
    migrations.downgrade("-3")
    assert migrations.differences(models("users")) == []


def test_a_new_table_does_not_say_where_it_came_from(tmp_path: Path, database: Address) -> None:
    info = {"midflight": {"renamed_from": "old"}, "mine": 1}
    [text] = Migrations(tmp_path, database).autogenerate(users(renamed(), info=info))
    assert "midflight'" not in text
    assert "info={'mine': 1}" in text


def test_autogenerate_changes_a_type_that_writes_rows_anew_in_phases(tmp_path: Path, database: Address) -> None:
    def models(type_: type[sa.types.TypeEngine[Any]]) -> sa.MetaData:
        metadata = sa.MetaData()
        sa.Table("users", metadata, sa.Column("id", type_, primary_key=True), sa.Column("note", sa.String(20)))
        sa.Table("notes", metadata, sa.Column("user_id", type_, sa.ForeignKey("users.id"), primary_key=True))
        return metadata

    migrations = Migrations(tmp_path, database)
    migrations.reach(models(sa.Integer))
    texts = migrations.autogenerate(models(sa.BigInteger))
    call = "op.change_type('users', 'id', sa.BigInteger(), existing_type=sa.INTEGER(), phase='{}'"
    assert [body(text, "upgrade")[-1] for text in texts] == [f"{call.format(phase.value)})" for phase in Phase]
    assert [body(text, "downgrade") for text in texts] == [[f"{call.format(one.value)}, undo=True)"] for one in Phase]
    assert "# it writes all rows of users anew" in texts[0]
    migrations.upgrade()
    assert migrations.differences(models(sa.BigInteger)) == []


def test_several_changes_are_counted(tmp_path: Path, database: Address) -> None:
    migrations = Migrations(tmp_path, database)
    migrations.reach(users(sa.Column("name", sa.Text), sa.Column("total", sa.Integer)))
    texts = migrations.autogenerate(users(renamed(), sa.Column("total", sa.Numeric(10, 2), server_default="0")))
    assert "# what else the models change of this column" in texts[3]
    assert [text.partition("\n")[0].strip('"') for text in texts] == [
        *(f"{phase.value} 1: rename users.name to full_name" for phase in Phase),
        *(f"{phase.value} 2: type of users.total" for phase in Phase),
    ]


def test_a_change_is_read_as_the_operations_take_it() -> None:
    words = ["split_column", "users", "name", "first:text:split_part(name, ':', 1)", "back=first"]
    change, title = read_change(words)
    [table, column, into] = change.arguments
    assert (table, column, title) == ("users", "name", "split users.name")
    assert into["first"][1] == "split_part(name, ':', 1)"
    assert change.keywords == {"back": "first"}


def test_a_phase_that_is_none_is_told(tmp_path: Path) -> None:
    write_project(tmp_path, Revision("a1", before='phase = "expnd"'))
    with pytest.raises(MidflightError, match="expnd"):
        load_project(ProjectSource(tmp_path / "alembic.ini")).history()
