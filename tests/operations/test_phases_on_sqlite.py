"""Changes in phases on SQLite, as test suites run them: nobody writes meanwhile, so the data just moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect

from checks.projects import Revision, env_py, write_project

if TYPE_CHECKING:
    from pathlib import Path

PHASES = """
for phase in ("expand", "migrate", "contract"):
    op.rename_table("users", "accounts", phase=phase)
for phase in ("expand", "migrate", "contract"):
    op.move_column("accounts", "phone", "profiles", on={"user_id": "id"}, to_column="mobile", phase=phase)
"""
PHASES_BACK = """
for phase in ("contract", "migrate", "expand"):
    op.move_column(
        "accounts", "phone", "profiles", on={"user_id": "id"}, to_column="mobile", phase=phase, undo=True
    )
for phase in ("contract", "migrate", "expand"):
    op.rename_table("users", "accounts", phase=phase, undo=True)
"""


def test_phases_lead_there_and_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT)")
        connection.exec_driver_sql("CREATE TABLE profiles (id INTEGER PRIMARY KEY, user_id INTEGER)")
        connection.exec_driver_sql("INSERT INTO users VALUES (1, 'one'), (2, 'two')")
        connection.exec_driver_sql("INSERT INTO profiles VALUES (5, 2)")
    revision = Revision("a1", up=PHASES, down=PHASES_BACK, before="from midflight import op")
    write_project(tmp_path, revision, env=env_py("psycopg2", url=url))
    config = Config(str(tmp_path / "alembic.ini"))
    command.upgrade(config, "head")
    assert [column["name"] for column in inspect(engine).get_columns("accounts")] == ["id"]
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT user_id, mobile FROM profiles").all() == [(2, "two")]
    command.downgrade(config, "base")
    assert [column["name"] for column in inspect(engine).get_columns("profiles")] == ["id", "user_id"]
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT phone FROM users WHERE id = 2").scalar() == "two"
    engine.dispose()
