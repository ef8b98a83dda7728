"""The same revisions on SQLite, as test suites run them: by Alembic's batch mode where they have a meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text

from checks.projects import Revision, env_py, write_project

if TYPE_CHECKING:
    from pathlib import Path

UP = """
op.create_table(
    "orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("total", sa.Integer), sa.Column("old", sa.Text)
)
op.add_column("orders", sa.Column("code", sa.String(20), nullable=False, server_default="none"))
op.set_not_null("orders", "total")
op.set_default("orders", "total", 5)
op.alter_column_type("orders", "code", sa.Text)
op.comment_column("orders", "total", "means nothing here")
op.rename_column("orders", "old", "older")
for phase in ("expand", "migrate", "contract"):
    op.rename_column("orders", "older", "oldest", phase=phase)
op.rename_column("orders", "older", "oldest", phase="contract", undo=True)
op.execute("INSERT INTO orders (id) VALUES (1)")
op.backfill("b", table="orders", set={"total": "total + 1"}, where="total = 5")
with op.alter_table("orders") as table:
    table.add_column(sa.Column("more", sa.Integer))
    table.drop_default("code")
    table.drop_column("older")
op.rename_table("orders", "bought")
"""
DOWN = """
op.alter_column("bought", "total", nullable=True, server_default=None, new_column_name="sum", type_=sa.BigInteger)
op.drop_column("bought", "more")
op.drop_table("bought")
op.drop_backfill("b")
"""


def test_operations_on_columns_and_tables_work_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    up = Revision("a1", up=UP, down=DOWN, before="from midflight import op")
    write_project(tmp_path, up, env=env_py("psycopg2", url=url))
    config = Config(str(tmp_path / "alembic.ini"))
    command.upgrade(config, "head")
    engine = create_engine(url)
    columns = {column["name"]: column for column in inspect(engine).get_columns("bought")}
    assert list(columns) == ["id", "total", "code", "more"]
    assert not columns["total"]["nullable"]
    assert columns["total"]["default"] == "5"
    assert columns["code"]["default"] is None
    with engine.connect() as connection:
        assert connection.execute(text("SELECT total FROM bought")).scalar() == 6
    command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_a_change_of_type_is_made_by_its_contract_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    call = 'op.change_type("orders", "total", sa.BigInteger(), existing_type=sa.Integer(), phase="{}"{})'
    phases = ("expand", "migrate", "contract")
    up = [call.format(phase, "") for phase in phases]
    down = [call.format(phase, ", undo=True") for phase in reversed(phases)]
    table = 'op.create_table("orders", sa.Column("id", sa.Integer), sa.Column("total", sa.Integer))'
    write_project(
        tmp_path,
        Revision("a1", up=table, before="from midflight import op"),
        Revision("b2", up="\n".join(up), down="\n".join(down), after="a1", before="from midflight import op"),
        env=env_py("psycopg2", url=url),
    )
    config, engine = Config(str(tmp_path / "alembic.ini")), create_engine(url)
    for direction, target, type_ in (("upgrade", "head", "BIGINT"), ("downgrade", "a1", "INTEGER")):
        getattr(command, direction)(config, target)
        columns = {column["name"]: str(column["type"]) for column in inspect(engine).get_columns("orders")}
        assert columns == {"id": "INTEGER", "total": type_}
    engine.dispose()
