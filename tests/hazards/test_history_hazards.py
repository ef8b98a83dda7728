"""What is said of whole revisions and files: empty downgrades, imported models, waits without a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from midflight.bridge.project import ProjectSource
from midflight.checks.history import check_history
from midflight.checks.request import Conditions, HistoryRequest, SqlRequest
from midflight.checks.script import check_sql
from midflight.shadow.choice import ShadowChoice

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.hazards.finding import Finding
    from midflight.pg.addresses import Address

ENV_PY = """
from alembic import context

context.configure(url="postgresql+psycopg://app@nowhere.invalid/app", transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
"""

MODELS = """
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)

class Short(sa.types.TypeDecorator):
    impl = sa.String(20)
    cache_ok = True

old = sa.Table("old", sa.MetaData(), sa.Column("id", sa.Integer))
LIMIT = 5
"""

REVISION = """
import sqlalchemy as sa
from alembic import op
{imports}

revision = "r1"
down_revision = None


def upgrade():
    {up}


def downgrade():
    {down}
"""


async def check(
    server: Address, folder: Path, up: str, down: str, *, imports: str = "", name: str = "models"
) -> dict[str, Finding]:
    """Check one revision on a server; an application of that name stands beside it."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / f"{name}.py").write_text(MODELS)
    (folder / "alembic.ini").write_text(
        "[alembic]\nscript_location = %(here)s/migrations\nprepend_sys_path = %(here)s\npath_separator = os\n"
    )
    (folder / "migrations" / "env.py").write_text(ENV_PY)
    (versions / "r1.py").write_text(REVISION.format(imports=imports, up=up, down=down))
    request = HistoryRequest(Conditions(ShadowChoice(server)), ProjectSource(folder / "alembic.ini"))
    result = await check_history(request, lambda _: None)
    return {finding.hazard: finding for finding in result.all_findings}


CREATE = 'op.execute("CREATE TABLE users (id int)")'
DROP = 'op.execute("DROP TABLE users")'


async def test_a_downgrade_that_takes_nothing_back(server: Address, tmp_path: Path) -> None:
    findings = await check(server, tmp_path, CREATE, "pass")
    assert set(findings) == {"empty-downgrade"}


async def test_a_downgrade_that_takes_something_back_is_not_empty(server: Address, tmp_path: Path) -> None:
    both = CREATE + '\n    op.execute("CREATE TABLE IF NOT EXISTS others (id int)")'
    assert set(await check(server, tmp_path, both, DROP)) == {"downgrade-differs"}


async def test_an_empty_downgrade_of_an_empty_upgrade_is_right(server: Address, tmp_path: Path) -> None:
    assert await check(server, tmp_path, "pass", "pass") == {}


@pytest.mark.parametrize(
    ("app", "imports"),
    [
        ("application_1", "from application_1 import LIMIT, User"),
        ("application_2", "import application_2"),
        ("application_3", "from application_3 import Base"),
        ("application_4", "from application_4 import old"),
    ],
)
async def test_models_that_a_revision_imports(server: Address, tmp_path: Path, app: str, imports: str) -> None:
    findings = await check(server, tmp_path, CREATE, DROP, imports=imports, name=app)
    assert set(findings) == {"models-imported-in-revision"}
    assert findings["models-imported-in-revision"].line == 4
    assert app in findings["models-imported-in-revision"].message


async def test_models_that_a_revision_imports_while_it_runs(server: Address, tmp_path: Path) -> None:
    up = "from application_5 import User\n    User.__table__.create(op.get_bind())"
    findings = await check(server, tmp_path, up, DROP, name="application_5")
    assert findings["models-imported-in-revision"].line == 11


async def test_what_is_no_model_may_be_imported(server: Address, tmp_path: Path) -> None:
    imports = "from application_6 import LIMIT, Short\nfrom sqlalchemy.orm import DeclarativeBase, Session"
    assert await check(server, tmp_path, CREATE, DROP, imports=imports, name="application_6") == {}


async def lines_without_limit(server: Address, folder: Path, text: str) -> list[int | None]:
    """Check a file after one that makes a table; return the lines where no-lock-timeout was seen."""
    files = (folder / "schema.sql", folder / "change.sql")
    files[0].write_text("CREATE TABLE orders (id int PRIMARY KEY);")
    files[1].write_text(text)
    result = await check_sql(SqlRequest(Conditions(ShadowChoice(server)), files), lambda _: None)
    schema, change = result.revisions
    assert schema.findings == ()
    return [finding.line for finding in change.findings if finding.hazard == "no-lock-timeout"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1;\nALTER TABLE orders ADD a int;\nALTER TABLE orders ADD b int;", [2]),
        ("SET lock_timeout = '2s';\nALTER TABLE orders ADD a int;", []),
        ("SET lock_timeout = '1h';\nALTER TABLE orders ADD a int;", [2]),
        ("SET lock_timeout = 500; RESET lock_timeout;\nALTER TABLE orders ADD a int;", [2]),
        ("BEGIN; SET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD a int; COMMIT;", []),
        ("BEGIN; SET LOCAL lock_timeout = '2s'; COMMIT;\nALTER TABLE orders ADD a int;", [2]),
        ("SET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD a int;", [2]),
        ("CREATE TABLE new (id int); ALTER TABLE new ADD a int; INSERT INTO orders VALUES (1);", []),
        ("CREATE INDEX CONCURRENTLY ON orders (id); VACUUM orders;", []),
    ],
)
async def test_a_file_that_sets_no_limit(server: Address, tmp_path: Path, text: str, expected: list[int]) -> None:
    assert await lines_without_limit(server, tmp_path, text) == expected
