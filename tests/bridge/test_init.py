"""``midflight init`` and Alembic's own commands under ours, run as a user runs them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.config import CommandLine

from bridge.migrations import body
from checks.projects import Revision, env_py, write_project
from midflight.bridge.scaffold.packages import find_models, source_folders
from midflight.bridge.scaffold.writing import Scaffold, write_scaffold
from midflight.cli import main
from midflight.cli.init import driver_of
from midflight.cli.program import ALEMBIC_COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from midflight.pg.addresses import Address

SECONDS = 120
MODELS = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
"""
CLOSED = "postgresql://nobody:hush@127.0.0.1:1/shop"
"""Nothing listens there: port 1 is reserved, and no test starts anything on it."""


def run(folder: Path, *command: str, url: str | None = None, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a module's command in a folder, and expect its exit code."""
    kept = {name: text for name, text in os.environ.items() if name != "DATABASE_URL"}
    ran = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**kept, **({"DATABASE_URL": url} if url else {})},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ran.returncode == code, ran.stderr
    return ran


def application(folder: Path, models: str = MODELS) -> Path:
    """Write an application with models below ``src``."""
    package = folder / "src" / "shop" / "models"
    package.mkdir(parents=True)
    (folder / "src" / "shop" / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "tables.py").write_text(models)
    return folder


def test_new_project_runs_at_once(tmp_path: Path, database: Address, request: pytest.FixtureRequest) -> None:
    application(tmp_path)
    is_newest = request.node.callspec.params["shared"].major == 18  # each server shows one form and one driver
    if is_newest:
        (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"')
    url = database.url("postgresql" if is_newest else "postgresql+psycopg")
    said = run(tmp_path, "midflight", "init", url=url).stdout
    configuration = "pyproject.toml" if is_newest else "alembic.ini"
    assert said.splitlines()[:4] == [
        "wrote migrations/README",
        "wrote migrations/script.py.mako",
        "wrote migrations/env.py",
        f"{'added [tool.alembic] to' if is_newest else 'wrote'} {configuration}",
    ]
    driver = "asyncpg" if is_newest else "psycopg"
    written = (tmp_path / "migrations" / "env.py").read_text()
    assert written == f'from midflight import env\n\nenv.run(models="shop.models", driver="{driver}")\n'
    assert "DATABASE_URL" not in said
    assert "url =" not in (tmp_path / configuration).read_text()

    run(tmp_path, "midflight", "revision", "--autogenerate", "-m", "First tables, 100% typed", url=url)
    [file] = (tmp_path / "migrations" / "versions").glob("*.py")
    assert re.fullmatch(r"\d{8}_\d{4}_first_tables_100_typed\.py", file.name)
    assert "def upgrade() -> None:" in file.read_text()
    assert "op.create_table('orders'" in file.read_text()
    run(tmp_path, "midflight", "current", "--check-heads", url=url, code=1)
    run(tmp_path, "alembic", "upgrade", "head", url=url)
    assert "(head)" in run(tmp_path, "midflight", "current", "--check-heads", url=url).stdout
    run(tmp_path, "alembic", "check", url=url)
    if is_newest:
        run(tmp_path, "midflight", "check")  # it connects to no database of the project's
    run(tmp_path, "alembic", "downgrade", "base", url=url)
    assert run(tmp_path, "midflight", "current", url=url).stdout == ""


def test_stock_project_gets_safe_operations(tmp_path: Path, database: Address) -> None:
    application(tmp_path)
    before = f"import sys\nsys.path.insert(0, {str(tmp_path / 'src')!r})\nfrom shop.models.tables import Base\n"
    env = env_py(
        "psycopg", url=database.url("postgresql+psycopg"), options="target_metadata=Base.metadata", before=before
    )
    first = "op.execute('CREATE TABLE customers (id serial PRIMARY KEY)')\nop.execute("
    first += "'CREATE TABLE orders (id serial PRIMARY KEY, customer_id int); CREATE SCHEMA midflight')"
    write_project(tmp_path, Revision("a1", up=first), env=env)
    template = "from alembic import op\nimport sqlalchemy as sa\n${imports if imports else ''}\n"
    template += "revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n\n\n"
    template += "def upgrade() -> None:\n    ${upgrades}\n\n\ndef downgrade() -> None:\n    ${downgrades}\n"
    (tmp_path / "migrations" / "script.py.mako").write_text(template)
    run(tmp_path, "alembic", "upgrade", "head")
    run(tmp_path, "midflight", "revision", "--autogenerate", "-m", "bind", "--rev-id", "b2")
    text = next((tmp_path / "migrations" / "versions").glob("b2_*.py")).read_text()
    assert "from alembic import op\nimport sqlalchemy as sa\nfrom midflight import op\n" in text
    assert body(text, "upgrade") == [
        "op.set_not_null('orders', 'customer_id')",
        "op.create_index(op.f('ix_orders_customer_id'), 'orders', ['customer_id'], unique=False)",
        "op.create_foreign_key('orders_customer_id_fkey', 'orders', 'customers', ['customer_id'], ['id'])",
    ]
    assert body(text, "downgrade")[-1] == "op.drop_not_null('orders', 'customer_id')"


def test_heads_are_reached_where_one_depends_on_the_other(tmp_path: Path, database: Address) -> None:
    write_project(
        tmp_path,
        Revision("a1", labels=("goods",)),
        Revision("b1", labels=("orders",), depends_on="a1"),
        env=env_py("psycopg", url=database.url("postgresql+psycopg")),
    )
    ran = run(tmp_path, "midflight", "current", "--check-heads", code=1)
    assert ran.stderr.splitlines()[-2:] == ["error: the database is not at all heads", "hint: midflight upgrade"]
    run(tmp_path, "alembic", "upgrade", "heads")
    assert "b1" in run(tmp_path, "midflight", "current", "--check-heads").stdout


@pytest.mark.parametrize(
    ("arguments", "url", "code", "words"),
    [
        (["current"], None, 2, "no database URL"),
        (["current"], CLOSED, 3, "no connection to the database: "),
        (["stamp"], None, 2, "the following arguments are required: revisions"),
        (["history", "--frob"], None, 2, "unrecognized arguments: --frob"),
        (["show", "nope"], None, 2, "Can't locate revision identified by 'nope'"),
        (["revision", "--autogenerate", "--sql"], None, 2, "Using --sql with --autogenerate"),
    ],
)
def test_what_goes_wrong_is_one_clear_line(
    tmp_path: Path, arguments: list[str], url: str | None, code: int, words: str
) -> None:
    write_scaffold(Scaffold(tmp_path, tmp_path / "migrations", "asyncpg", None, "ini"))
    ran = run(tmp_path, "midflight", *arguments, url=url, code=code)
    errors = [line for line in ran.stderr.splitlines() if not line.startswith(("INFO", "hint: "))]
    assert len(errors) == 1, ran.stderr
    assert errors[0].startswith("error: ")
    assert words in errors[0]
    assert "hush" not in ran.stderr


def test_no_project_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["history"]) == 2
    assert "no Alembic project" in capsys.readouterr().err


def test_flags_are_alembics(capsys: pytest.CaptureFixture[str]) -> None:
    commands = CommandLine().subparsers.choices
    assert set(ALEMBIC_COMMANDS) | {"check", "init", "upgrade", "downgrade"} == set(commands)
    for name in ALEMBIC_COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        help_ = capsys.readouterr().out
        assert ended.value.code == 0
        assert help_.startswith(f"usage: midflight {name} ")
        assert ALEMBIC_COMMANDS[name] in help_
        flags = [flag for action in commands[name]._actions for flag in action.option_strings]
        assert [flag for flag in flags if flag not in help_] == []


def test_history_needs_no_database_and_reads_the_configuration_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = write_project(tmp_path / "db", Revision("a1"), Revision("b1", after="a1"))
    monkeypatch.chdir(tmp_path)
    assert main(["history", "--config", str(project / "alembic.ini"), "-r", "a1:"]) == 0
    assert capsys.readouterr().out.splitlines() == ["a1 -> b1 (head), Revision b1.", "<base> -> a1, Revision a1."]


def test_same_file_name_is_never_written_over(tmp_path: Path) -> None:
    write_scaffold(Scaffold(tmp_path, tmp_path / "migrations", "asyncpg", None, "ini"))
    ini = tmp_path / "alembic.ini"
    ini.write_text(re.sub("file_template.*", "file_template = %%(slug)s", ini.read_text()))
    run(tmp_path, "midflight", "revision", "-m", "same")
    before = (tmp_path / "migrations" / "versions" / "same.py").read_text()
    assert "is there already" in run(tmp_path, "midflight", "revision", "-m", "same", code=2).stderr
    assert (tmp_path / "migrations" / "versions" / "same.py").read_text() == before


def _with(name: str, text: str = "") -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

    return write


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (_with("alembic.ini", "[alembic]"), "alembic.ini is there already"),
        (_with("pyproject.toml", "[tool.alembic]\n"), "pyproject.toml has [tool.alembic] already"),
        (_with("pyproject.toml", "[tool"), "pyproject.toml: "),
        (_with("migrations/mine.py"), "migrations is there already and not empty"),
        (_with("migrations"), "migrations is there already and not empty"),
    ],
)
def test_nothing_is_written_where_something_is(
    prepare: Callable[[Path], object],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    prepare(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 2
    error, hint = capsys.readouterr().err.splitlines()[0], capsys.readouterr()
    assert words in error
    assert hint.out == ""
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_other_folder_and_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert main(["init", "db/100% mine", "--sync", "--config", "pyproject", "--models", "shop"]) == 0
    assert "export DATABASE_URL=" in capsys.readouterr().out
    assert 'env.run(models="shop", driver="psycopg")' in (tmp_path / "db" / "100% mine" / "env.py").read_text()
    assert main(["history"]) == 0


@pytest.mark.parametrize(
    ("way", "url", "driver"),
    [
        (None, "", "asyncpg"),
        (None, "postgresql+psycopg2://h/d", "psycopg2"),
        (None, "postgresql+asyncpg://h/d", "asyncpg"),
        ("sync", "postgresql+asyncpg://h/d", "psycopg"),
        ("async", "postgresql+psycopg://h/d", "asyncpg"),
    ],
)
def test_driver_is_as_the_flag_or_the_url_says(way: str | None, url: str, driver: str) -> None:
    assert driver_of(way, url) == driver  # type: ignore[arg-type] # click gives one of the two words


def test_models_are_looked_for_where_applications_have_them(tmp_path: Path) -> None:
    assert find_models(tmp_path) is None
    _with("models.py")(tmp_path)
    assert find_models(tmp_path) == "models"
    _with("shop/__init__.py")(tmp_path)
    _with("tests/__init__.py")(tmp_path)
    assert (find_models(tmp_path), source_folders(tmp_path)) == ("shop", (".",))
    _with("src/store/__init__.py")(tmp_path)
    assert (find_models(tmp_path), source_folders(tmp_path)) == (None, ("src", "."))
    _with("src/store/models.py")(tmp_path)
    assert find_models(tmp_path) == "store.models"
