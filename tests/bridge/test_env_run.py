"""``env.run``: which URL, which driver, whose connection, which models; offline, in a running loop; what it says."""

from __future__ import annotations

import io
import logging
import sys
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import CommandLine, Config
from alembic.util import CommandError
from pydantic import PostgresDsn, SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bridge.migrations import Migrations
from midflight.bridge.env.models import find_metadata
from midflight.bridge.env.urls import database_url
from midflight.errors import EnvPyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from midflight.pg.addresses import Address

SECRET = "p%a:s@s/w%20d#?&"
ONE_TABLE = "op.execute('CREATE TABLE made (id int)')"


@pytest.fixture
def project(tmp_path: Path, database: Address) -> Migrations:
    """A project with one revision, which makes a table."""
    made = Migrations(tmp_path, database)
    command.revision(made.config(), message="first")
    [file] = (tmp_path / "migrations" / "versions").glob("*.py")
    file.write_text(file.read_text().replace("    pass", f"    {ONE_TABLE}", 1))
    return made


@pytest.fixture
def own_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on Python's path whose modules are forgotten at the end."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def applied(project: Migrations) -> bool:
    return project.run("SELECT to_regclass('made') IS NOT NULL AND count(*) = 1 FROM alembic_version") == [(True,)]


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg", "psycopg2"])
def test_driver_of_url_is_used(project: Migrations, driver: str) -> None:
    project.options["url"] = project.address.url(f"postgresql+{driver}")
    project.upgrade()
    assert applied(project)


def test_variable_is_used_where_nothing_says(project: Migrations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", project.address.url("postgres"))
    project.options.update(url=None, driver="psycopg")
    project.upgrade()
    assert applied(project)


def test_no_url_says_what_to_do(project: Migrations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    project.options["url"] = None
    with pytest.raises(CommandError, match=r"no database URL \(set DATABASE_URL, or give one in env\.py"):
        project.upgrade()


@pytest.mark.parametrize("wrap", [str, SecretStr, make_url, PostgresDsn])
@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg"])
def test_password_of_any_characters_arrives(scheme: str, wrap: Callable[[str], Any]) -> None:
    if wrap in {str, SecretStr}:
        given = wrap(f"{scheme}://us%40er:p%25a:s@s/w%2520d#&@[::1]:1/shop?application_name=x")
        expected = "p%a:s@s/w%20d#&"
    else:
        given = wrap(f"{scheme}://us%40er:p%25a%3As%40s%2Fw%2520d%23%26@[::1]:1/shop?application_name=x")
        expected = "p%a:s@s/w%20d#&"
    url = database_url(given, Config(), "psycopg2")
    assert (url.username, url.password, url.host, url.database) == ("us@er", expected, "::1", "shop")
    assert url.drivername == (scheme if "+" in scheme else "postgresql+psycopg2")
    assert url.query == {"application_name": "x"}


def test_url_in_configuration_wins_over_variable_and_may_hold_percents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/x")
    for text in ("postgresql://u:p%%25q@here/x", "postgresql://u:p%25q@here/x"):
        config = Config()
        config.file_config.read_string(f"[alembic]\nsqlalchemy.url = {text}\n")
        url = database_url(None, config)
        assert (url.host, url.password, url.drivername) == ("here", "p%q", "postgresql+asyncpg")
    config = Config()
    config.set_main_option("sqlalchemy.url", "driver://user:pass@localhost/dbname")
    assert database_url(None, config).host == "elsewhere"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("not a url with secret", "the database URL is not valid"),
        ("postgresql://u:secret@h:port/d", "the database URL is not valid"),
        ("postgresql+nodriver://u:secret@h/d", "postgresql\\+nodriver, which SQLAlchemy does not know"),
        ("postgresql+pg8000://u:secret@h/d", "the driver pg8000 is not installed"),
    ],
)
def test_wrong_url_is_told_without_what_is_in_it(url: str, words: str) -> None:
    with pytest.raises(EnvPyError, match=words) as raised:
        database_url(url, Config())
    assert "secret" not in f"{raised.value} {raised.value.hint} {raised.value.__cause__}"


def test_sslmode_becomes_what_asyncpg_knows() -> None:
    url = database_url("postgresql://h/d?sslmode=require", Config())
    assert url.query == {"ssl": "require"}
    assert database_url("postgresql://h/d?sslmode=require", Config(), "psycopg").query == {"sslmode": "require"}


def test_url_of_sqlite_stays(project: Migrations, tmp_path: Path) -> None:
    project.options["url"] = f"sqlite:///{tmp_path}/shop.db"
    project.upgrade()
    assert (tmp_path / "shop.db").is_file()


async def test_running_loop_is_no_obstacle(project: Migrations) -> None:
    project.upgrade()  # as code does that does not know of the loop
    assert applied(project)


async def test_connection_of_the_program_is_shared(project: Migrations) -> None:
    engine = create_async_engine(project.address.url("postgresql+asyncpg"), poolclass=NullPool)
    config = project.config()

    def migrate(connection: sa.Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        assert not connection.closed
    await engine.dispose()
    assert applied(project)


async def test_asynchronous_connection_is_shared_within_its_run_sync_only(project: Migrations) -> None:
    engine = create_async_engine(project.address.url("postgresql+asyncpg"), poolclass=NullPool)
    config = project.config()
    async with engine.connect() as connection:
        config.attributes["connection"] = connection
        with pytest.raises(CommandError, match="run_sync"):
            command.upgrade(config, "head")
        await connection.run_sync(lambda _: command.upgrade(config, "head"))
    await engine.dispose()
    assert applied(project)


def test_what_is_no_connection_is_told(project: Migrations) -> None:
    config = project.config()
    config.attributes["connection"] = "a URL"
    with pytest.raises(CommandError, match="is no connection but str"):
        command.upgrade(config, "head")


def test_engine_is_used(project: Migrations) -> None:
    project.options["engine"] = create_async_engine(project.address.url("postgresql+asyncpg"))
    project.upgrade()
    assert applied(project)
    project.options["engine"] = sa.create_engine(project.address.url("postgresql+psycopg"), poolclass=NullPool)
    project.downgrade("base")
    assert not applied(project)


async def test_pooled_engine_in_its_own_running_loop_is_refused(project: Migrations) -> None:
    engine = create_async_engine(project.address.url("postgresql+asyncpg"))
    project.options["engine"] = engine
    with pytest.raises(CommandError, match="share one"):
        project.upgrade()
    await engine.dispose()


def test_script_is_written_without_a_database(project: Migrations) -> None:
    project.options["url"] = f"postgresql://nobody:{SECRET}@nowhere.invalid/shop"
    config = project.config()
    out = config.output_buffer = io.StringIO()
    command.upgrade(config, "head", sql=True)
    assert "CREATE TABLE made (id int);" in out.getvalue()
    assert out.getvalue().count("BEGIN;") == 1


def test_each_revision_has_its_own_transaction(project: Migrations, tmp_path: Path) -> None:
    command.revision(project.config(), message="second")
    [second] = (tmp_path / "migrations" / "versions").glob("*_second.py")
    second.write_text(second.read_text().replace("    pass", "    op.execute('SELECT 1 / 0')", 1))
    with pytest.raises(Exception, match="division by zero"):
        project.upgrade()
    assert applied(project)


def test_loggers_of_the_program_are_left_alone(project: Migrations) -> None:
    own = logging.getLogger("shop.orders")
    handlers, level = list(logging.getLogger().handlers), logging.getLogger("alembic").level
    project.upgrade()
    assert not own.disabled
    assert (logging.getLogger().handlers, logging.getLogger("alembic").level) == (handlers, level)


def test_ini_sets_up_logging_at_the_command_line(project: Migrations, monkeypatch: pytest.MonkeyPatch) -> None:
    own, root, alembic = logging.getLogger("shop.orders"), logging.getLogger(), logging.getLogger("alembic")
    before = (list(root.handlers), root.level, alembic.level, alembic.propagate)
    env_py = project.folder / "migrations" / "env.py"
    env_py.write_text("from midflight import env\n\nenv.run()\n")
    monkeypatch.setenv("DATABASE_URL", project.address.url())
    try:
        CommandLine().main(["-c", str(project.folder / "alembic.ini"), "upgrade", "head"])
        assert alembic.level == logging.INFO
        assert not own.disabled
    finally:
        root.handlers[:], alembic.propagate = before[0], before[3]
        root.setLevel(before[1])
        alembic.setLevel(before[2])
    assert applied(project)


MODELS = """\
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

class Base(DeclarativeBase):
    pass

other = sa.MetaData()
"""


def test_all_models_of_a_package_are_found(own_modules: Path) -> None:
    package = own_modules / "found_shop"
    (package / "deep" / "deeper").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "base.py").write_text(MODELS)
    (package / "__main__.py").write_text("raise SystemExit('it was run')")
    (package / "deep" / "__init__.py").write_text("")
    (package / "deep" / "deeper" / "__init__.py").write_text("")
    (package / "deep" / "deeper" / "bags.py").write_text(
        "import sqlalchemy as sa\nfrom found_shop.base import Base, other\n"
        "class Bag(Base):\n    __tablename__ = 'bags'\n    id = sa.Column(sa.Integer, primary_key=True)\n"
        "boxes = sa.Table('boxes', other, sa.Column('id', sa.Integer))\n"
    )
    assert sorted(table for found in find_metadata("found_shop") for table in found.tables) == ["bags", "boxes"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import nothing_like_it", "broken_shop.models cannot be imported: ModuleNotFoundError: .*nothing_like_it"),
        ("1 / 0", "broken_shop.models cannot be imported: ZeroDivisionError: division by zero"),
        ("def (", "broken_shop.models cannot be imported: SyntaxError"),
        ("raise SystemExit(3)", "broken_shop.models cannot be imported: SystemExit: 3"),
    ],
)
def test_module_that_cannot_be_imported_is_named(own_modules: Path, code: str, words: str) -> None:
    (own_modules / "broken_shop").mkdir()
    (own_modules / "broken_shop" / "__init__.py").write_text("")
    (own_modules / "broken_shop" / "models.py").write_text(code)
    with pytest.raises(EnvPyError, match=words):
        find_metadata("broken_shop")


def test_package_that_is_not_there_is_named(own_modules: Path) -> None:
    with pytest.raises(EnvPyError, match=r"there is no module absent_shop") as raised:
        find_metadata("absent_shop.models")
    assert "prepend_sys_path" in (raised.value.hint or "")
    assert own_modules.is_dir()


def test_models_without_a_table_are_no_obstacle_but_for_autogenerate(project: Migrations, own_modules: Path) -> None:
    (own_modules / "empty_shop.py").write_text(MODELS)
    project.options.update(models="empty_shop")
    project.upgrade()
    assert applied(project)
    config = project.config()
    config.cmd_opts = CommandLine().parser.parse_args(["revision", "--autogenerate"])
    del config.cmd_opts.cmd  # so that logging stays as it is
    with pytest.raises(CommandError, match="empty_shop has no table"):
        command.revision(config, autogenerate=True)
