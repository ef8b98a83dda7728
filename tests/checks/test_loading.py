"""A project is loaded as it is: wherever its files are, however its history branches, whoever wrote its env.py."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from checks.projects import INI, NOWHERE, TOML, Checked, Revision, env_py, run_check, write_project, write_revision

if TYPE_CHECKING:
    from midflight.pg.addresses import Address

TABLE = Revision("a1", up='op.execute("CREATE TABLE t (id int)")', down='op.execute("DROP TABLE t")')
DRIVER = Revision(
    "a1",
    up="""
    print("driver:", op.get_bind().dialect.driver)
    op.execute("CREATE TABLE t (id int)")
    """,
    down='op.execute("DROP TABLE t")',
)


def assert_proven(checked: Checked, *ids: str) -> None:
    assert checked.out, checked.err
    assert checked.outcomes() == dict.fromkeys(ids, "passed")
    assert set(checked.round_trips().values()) == {"same"}
    assert checked.document["summary"]["hazards"] == {}
    assert checked.code == 0


@pytest.mark.parametrize(
    ("ini", "toml"),
    [
        pytest.param("[alembic]\nscript_location = migrations\nprepend_sys_path = .\n", None, id="ini"),
        pytest.param(None, '[tool.alembic]\nscript_location = "migrations"\nprepend_sys_path = ["."]\n', id="toml"),
        pytest.param("[alembic]\n", TOML + 'prepend_sys_path = ["%(here)s"]\n', id="toml-beside-an-ini"),
    ],
)
def test_configuration_in_another_folder(tmp_path: Path, ini: str | None, toml: str | None) -> None:
    env = env_py(before="from own_models import metadata", options="target_metadata=metadata")
    folder = write_project(tmp_path / "service", TABLE, env=env, ini=ini, toml=toml)
    (folder / "own_models.py").write_text("import sqlalchemy as sa\nmetadata = sa.MetaData()\n")
    checked = run_check(tmp_path, "--config", f"service/{'alembic.ini' if ini else 'pyproject.toml'}")
    assert_proven(checked, "a1")
    assert checked.revision("a1")["path"] == "service/migrations/versions/a1.py"


def test_an_ini_within_its_script_location(tmp_path: Path) -> None:
    """``script_location = .`` exists wherever one stands; the right one has the env.py."""
    folder = write_project(tmp_path, TABLE, ini=None)
    (folder / "migrations" / "alembic.ini").write_text("[alembic]\nscript_location = .\n")
    assert_proven(run_check(tmp_path, "--config", "migrations/alembic.ini"), "a1")


def test_pyproject_alone_and_a_section_of_another_name(tmp_path: Path) -> None:
    folder = write_project(tmp_path, TABLE, ini=None, toml=TOML)
    assert_proven(run_check(folder), "a1")
    (folder / "other").mkdir()
    write_project(folder / "other", Revision("b1"))
    (folder / "two.ini").write_text(INI + "\n[warehouse]\nscript_location = %(here)s/other/migrations\n")
    assert_proven(run_check(folder, "-c", "two.ini", "-n", "warehouse"), "b1")


def test_branches_bases_folders_and_dependencies(tmp_path: Path, server: Address) -> None:
    ini = INI + "version_locations = %(here)s/migrations/versions:%(here)s/warehouse/versions\n"
    history = (
        replace(TABLE, labels=("shop",)),
        Revision(
            "left", after="a1", up='op.execute("ALTER TABLE t ADD a int")', down='op.execute("ALTER TABLE t DROP a")'
        ),
        Revision("right", after="a1", up='op.execute("CREATE TABLE r ()")', down='op.execute("DROP TABLE r")'),
        Revision("merge", after=("left", "right")),
        Revision(
            "stock",
            up='op.execute("CREATE TABLE stock (id int)")',
            down='op.execute("DROP TABLE stock")',
            labels=("warehouse",),
            folder="warehouse/versions",
        ),
        Revision(
            "both",
            after="merge",
            depends_on="warehouse",
            up='op.execute("CREATE VIEW v AS SELECT t.a FROM t, stock, r")',
            down='op.execute("DROP VIEW v")',
        ),
        Revision("more_stock", after="stock", folder="warehouse/versions"),
    )
    checked = run_check(write_project(tmp_path, *history, ini=ini), "--shadow", server.url())
    assert_proven(checked, *(revision.id for revision in history))
    assert checked.document["findings"] == []  # two heads, each with a name
    order = {id_: place for place, id_ in enumerate(checked.ids)}
    assert order["a1"] < min(order["left"], order["right"]) < order["merge"] < order["both"]
    assert order["stock"] < min(order["both"], order["more_stock"])


@pytest.mark.parametrize("template", ["generic", "async", "pyproject", "pyproject_async"])
def test_a_project_just_as_alembic_writes_it(tmp_path: Path, template: str) -> None:
    command = [str(Path(sys.executable).with_name("alembic")), "init", "-t", template, "migrations"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    write_revision(tmp_path, DRIVER)
    checked = run_check(tmp_path)
    assert_proven(checked, "a1")
    assert "driver: asyncpg" in checked.err if "async" in template else "driver: psycopg" in checked.err


def test_what_is_pending_is_not_known_without_a_url(tmp_path: Path) -> None:
    """The URL that an env.py is given where it has none is that of no database of its own."""
    env = env_py().replace("URL = ", "URL = context.config.get_main_option('sqlalchemy.url')\nUNUSED = ")
    ini = INI + "sqlalchemy.url = driver://user:pass@localhost/dbname\n"
    checked = run_check(write_project(tmp_path, TABLE, env=env, ini=ini), "--pending")
    assert (checked.code, checked.out) == (2, "")
    assert "env.py: it names no PostgreSQL URL" in checked.err


NO_OFFLINE = """
if context.is_offline_mode():
    raise Exception("offline mode is not supported")
"""
NO_ONLINE = """
if not context.is_offline_mode():
    raise RuntimeError("only inside of the application")
"""


@pytest.mark.parametrize(
    ("driver", "env"),
    [
        pytest.param("asyncpg", env_py("asyncpg", before=NO_OFFLINE), id="asyncpg-online-alone"),
        pytest.param("psycopg", env_py("psycopg", before=NO_ONLINE), id="psycopg-offline-alone"),
        pytest.param("asyncpg", env_py("asyncpg", before=NO_ONLINE), id="asyncpg-offline-alone"),
    ],
)
def test_one_mode_is_enough(tmp_path: Path, driver: str, env: str) -> None:
    checked = run_check(write_project(tmp_path, DRIVER, env=env))
    assert_proven(checked, "a1")
    assert f"driver: {driver}\n" in checked.err


def test_settings_of_either_mode_are_respected(tmp_path: Path, server: Address) -> None:
    before = """
    def include_object(*_):
        return True

    online = {} if context.is_offline_mode() else {
        "version_table": "applied", "version_table_schema": "ops", "include_object": include_object,
        "transaction_per_migration": True,
    }
    """
    tells = """
    opts = op.get_context().opts
    print("options:", opts["include_object"].__name__, opts["target_metadata"], op.get_context().version_table)
    found = op.get_bind().exec_driver_sql("SELECT to_regclass('ops.applied'), to_regclass('alembic_version')").one()
    print("tables:", *found)
    """
    folder = write_project(
        tmp_path,
        Revision("a1", up=dedent(tells) + 'op.execute("CREATE TABLE t (id int)")', down='op.execute("DROP TABLE t")'),
        Revision("b1", after="a1", up=tells),
        env=env_py(before=before, options="target_metadata=None, **online"),
    )
    checked = run_check(folder, "--shadow", server.url())
    assert_proven(checked, "a1", "b1")
    assert checked.err.count("options: include_object None applied\n") == 4
    assert checked.err.count("tables: ops.applied None\n") == 4
    assert [statement["sql"] for statement in checked.revision("a1")["statements"]] == ["CREATE TABLE t (id int)"]
    assert checked.document["notes"] == []


def test_one_transaction_or_one_each(tmp_path: Path) -> None:
    history = (
        Revision("a1", up="op.execute(\"CREATE TYPE mood AS ENUM ('well')\")", down='op.execute("DROP TYPE mood")'),
        Revision(
            "b1", after="a1", up="op.execute(\"ALTER TYPE mood ADD VALUE 'ill'\")", down="raise NotImplementedError"
        ),
        Revision(
            "c1",
            after="b1",
            up="op.execute(\"CREATE TABLE t (mood mood DEFAULT 'ill')\")",
            down='op.execute("DROP TABLE t")',
        ),
    )
    folder = write_project(tmp_path, *history, env=env_py(options="transaction_per_migration=True"))
    each = run_check(folder)
    assert set(each.outcomes().values()) == {"passed"}, each.err
    assert each.document["notes"] == []
    (folder / "migrations" / "env.py").write_text(env_py())
    [note] = run_check(folder, "a1").document["notes"]
    assert "one transaction" in note
    assert "transaction_per_migration" in note


def test_arguments_and_what_a_project_prints_and_logs(tmp_path: Path) -> None:
    logging = """
    [loggers]
    keys = root
    [handlers]
    keys = console
    [formatters]
    keys = plain
    [logger_root]
    level = WARNING
    handlers = console
    [handler_console]
    class = StreamHandler
    args = (sys.stdout,)
    formatter = plain
    [formatter_plain]
    format = %(message)s
    """.replace("\n    ", "\n")
    before = """
    import logging
    from logging.config import fileConfig

    logging.getLogger("own")
    fileConfig(context.config.config_file_name)
    print("env.py prints")
    tenant = context.get_x_argument(as_dictionary=True)["tenant"]
    """
    up = """
    import subprocess, sys
    from alembic import context

    print("it prints", context.get_x_argument(as_dictionary=True)["tenant"])
    logging.getLogger("own").warning("it logs")
    subprocess.run([sys.executable, "-c", "print('it starts a program')"])
    """
    folder = write_project(
        tmp_path,
        Revision("a1", before="import logging", up=up),
        env=env_py(before=before, options="version_table=tenant + '_versions'"),
        ini=INI + logging,
    )
    checked = run_check(folder, "-x", "tenant=shop", "-x", "other=1")
    assert_proven(checked, "a1")
    for said in ("env.py prints", "it prints shop", "it logs", "it starts a program"):
        assert said in checked.err

    missing = run_check(folder)
    assert (missing.code, missing.out) == (2, "")
    assert "env.py: 'tenant' is not set" in missing.err


def test_a_project_of_another_dialect_says_so(tmp_path: Path) -> None:
    env = env_py(url="sqlite:///shop.db", options="render_as_batch=True")
    checked = run_check(write_project(tmp_path, TABLE, env=env))
    assert_proven(checked, "a1")
    assert any("sqlite" in note for note in checked.document["notes"])
    assert not (tmp_path / "shop.db").exists()
    assert NOWHERE not in checked.out


def test_env_py_says_where_the_revisions_are(tmp_path: Path) -> None:
    """As Prefect's does: for each dialect another folder, given as Path objects."""
    elsewhere = """
    from pathlib import Path
    context.script.version_locations = [Path(context.config.config_file_name).parent / "elsewhere"]
    """
    folder = write_project(
        tmp_path,
        Revision("a1", up="op.execute('no SQL at all')"),
        Revision("b1", up="op.execute('CREATE TABLE t ()')", down="op.execute('DROP TABLE t')", folder="elsewhere"),
        env=env_py(before=elsewhere),
    )
    checked = run_check(folder)
    assert (checked.code, checked.round_trips()) == (0, {"b1": "same"})


def test_an_env_py_that_wants_to_be_given_its_connection(tmp_path: Path) -> None:
    """As an application does it that migrates at its own start."""
    env = """
    from alembic import context

    connection = context.config.attributes["connection"]
    assert connection.dialect.name == "postgresql"
    context.configure(connection=connection, transaction_per_migration=True)
    context.run_migrations()
    """
    checked = run_check(write_project(tmp_path, TABLE, env=dedent(env)))
    assert_proven(checked, "a1")
    assert not any("one transaction" in note for note in checked.document["notes"])


def test_an_env_py_that_takes_a_command_line_for_a_person(tmp_path: Path) -> None:
    env = env_py(before="assert context.config.cmd_opts is None, 'use the command of the application'")
    assert_proven(run_check(write_project(tmp_path, TABLE, env=env)), "a1")


def test_an_env_py_that_would_connect_to_another_dialect_only(tmp_path: Path) -> None:
    env = """
    from alembic import context
    from sqlalchemy import create_engine

    with create_engine("sqlite://").connect() as connection:
        context.configure(connection=connection)
    """
    checked = run_check(write_project(tmp_path, TABLE, env=dedent(env)))
    assert (checked.code, checked.out) == (2, "")
    assert f"{tmp_path / 'migrations' / 'env.py'}: it would connect to sqlite" in checked.err
    assert "let it read a PostgreSQL URL" in checked.err
