"""Small projects with our env.py, whose models a test gives as metadata; Alembic's commands run in this process."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from midflight.bridge.env.own_schema import without_own_schema
from midflight.bridge.scaffold.writing import Scaffold, write_scaffold

if TYPE_CHECKING:
    from sqlalchemy import MetaData

    from midflight.pg.addresses import Address

ENV_PY = """\
from alembic import context
from midflight import env

env.run(**context.config.attributes["env"])
"""


@dataclass
class Migrations:
    """A project on a database."""

    folder: Path
    address: Address
    options: dict[str, Any] = field(default_factory=dict)
    """Further arguments of ``env.run``."""
    _count: int = 0

    def __post_init__(self) -> None:
        write_scaffold(Scaffold(self.folder, self.folder / "migrations", "asyncpg", None, "ini"))
        (self.folder / "migrations" / "env.py").write_text(ENV_PY)

    def config(self, metadata: MetaData | None = None) -> Config:
        """Return Alembic's configuration, as a program makes it."""
        config = Config(self.folder / "alembic.ini", stdout=io.StringIO())
        given = {"target_metadata": metadata, "url": self.address.url("postgresql"), **self.options}
        config.attributes["env"] = given
        return config

    def autogenerate(self, metadata: MetaData) -> list[str]:
        """Write what leads to the models, and return the text of each new revision."""
        self._count += 1
        made = command.revision(self.config(metadata), message=f"change {self._count}", autogenerate=True)
        scripts = made if isinstance(made, list) else [made]
        return [Path(script.path).read_text() for script in scripts if script]

    def upgrade(self, target: str = "head") -> None:
        command.upgrade(self.config(), target)

    def downgrade(self, target: str) -> None:
        command.downgrade(self.config(), target)

    def reach(self, metadata: MetaData) -> None:
        """Bring the database to the models."""
        self.autogenerate(metadata)
        self.upgrade()

    def differences(self, metadata: MetaData) -> list[Any]:
        """Return what Alembic still finds between the database and the models."""
        engine = create_engine(self.address.url("postgresql+psycopg"), poolclass=NullPool)
        options = without_own_schema({"compare_type": True, "compare_server_default": True})
        with engine.connect() as connection:
            return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run SQL and return its rows."""
        engine = create_engine(self.address.url("postgresql+psycopg"), poolclass=NullPool)
        with engine.begin() as connection:
            result = connection.exec_driver_sql(sql)
            return [tuple(row) for row in result] if result.returns_rows else []


def body(text: str, function: str) -> list[str]:
    """Return the lines of a revision's function, without Alembic's own comments; a call in several lines is one."""
    lines = text.partition(f"def {function}() -> None:\n")[2].split("\n\n\ndef ")[0].splitlines()
    joined: list[str] = []
    for line in (line.strip() for line in lines):
        if line.startswith("# ###") or not line:
            continue
        if joined and joined[-1].count("(") > joined[-1].count(")"):
            joined[-1] += " " + line
        else:
            joined.append(line)
    return joined
