"""Indexes and constraints on SQLite, where test suites run the same revisions."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from checks.projects import Revision, env_py, write_project

if TYPE_CHECKING:
    from pathlib import Path

UP = """
op.execute("CREATE TABLE users (id integer PRIMARY KEY)")
op.execute("CREATE TABLE orders (id integer NOT NULL, user_id integer, total integer)")
op.create_enum("mood", ["sad"])
op.create_extension("pg_trgm")
op.create_index("ix", "orders", ["total", "user_id"], unique=True, postgresql_where=sa.text("total > 0"))
op.create_foreign_key("to_user", "orders", "users", ["user_id"], ["id"], ondelete="CASCADE")
op.create_check_constraint("positive", "orders", sa.column("total") > 0)
op.create_unique_constraint("one", "orders", ["total"])
op.create_primary_key("pk", "orders", ["id"])
op.validate_constraint("positive", "orders")
op.reindex("ix")
op.create_index("ix_expression", "orders", [sa.func.abs(sa.column("total"))])
"""  # last, since Alembic's batch mode does not carry an index on an expression over
DOWN = """
op.drop_index("ix_expression", "orders")
op.drop_index("ix", "orders")
op.drop_constraint("to_user", "orders", type_="foreignkey")
op.drop_constraint("one", "orders", type_="unique")
op.drop_constraint("positive", "orders", type_="check")
"""


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_indexes_and_constraints_are_done_on_sqlite_and_the_rest_is_named_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite:///{tmp_path}/test.db"
    env = env_py(url=url, options="render_as_batch=True")
    folder = write_project(tmp_path, Revision("a1", up=UP, down=DOWN, before="from midflight import op"), env=env)
    config = Config(str(folder / "alembic.ini"))
    with caplog.at_level(logging.INFO, "midflight"):
        command.upgrade(config, "head")
    assert "CreateEnum means nothing on sqlite" in caplog.text
    engine = sa.create_engine(url)
    try:
        found = sa.inspect(engine)
        assert found.get_pk_constraint("orders")["constrained_columns"] == ["id"]
        assert [key["name"] for key in found.get_foreign_keys("orders")] == ["to_user"]
        assert [key["name"] for key in found.get_unique_constraints("orders")] == ["one"]
        assert [key["name"] for key in found.get_check_constraints("orders")] == ["positive"]
        assert "ix" in {index["name"] for index in found.get_indexes("orders")}
        command.downgrade(config, "base")
        found = sa.inspect(engine)
        assert not found.get_foreign_keys("orders") + found.get_unique_constraints("orders")
        assert not found.get_check_constraints("orders") + found.get_indexes("orders")
    finally:
        engine.dispose()
