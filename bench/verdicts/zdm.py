"""zdm, zero-downtime-migrations: a linter of Alembic, Aerich and Django migrations.

An Alembic case is given to it as the revision that it is. A case in SQL it takes in the form of Aerich, whose
migrations are SQL: there it looks at more statements than in ``op.execute``.
Its rules: https://github.com/Photoroom/zero-downtime-migrations
"""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from bench.verdicts.project import revision_text
from bench.verdicts.said import Said, translated

from midflight import sql

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.verdicts.case import Case

MEANINGS: dict[str, tuple[str, ...]] = {
    "R001": ("create-index-blocks-writes", "partitioned-index-blocks"),
    "R002": ("unique-constraint-builds-index",),
    "R003": ("create-index-blocks-writes", "partitioned-index-blocks"),
    "R004": ("concurrently-in-transaction",),
    "R005": ("drop-column",),
    "R006": ("foreign-key-validates",),
    "R010": ("add-required-column", "add-not-null-without-default"),
    "R011": ("rename-column",),
    "R015": ("set-not-null-scans", "change-type-rewrites", "lossy-type-change", "enum-recreated", "alter-collation"),
    "R016": ("drop-index-blocks",),
    "R017": ("check-validates", "foreign-key-validates", "exclusion-constraint", "validate-in-same-transaction"),
    "R019": ("rename-table", "drop-table"),
}
"""Its rules for Alembic and Aerich, with all hazards that each may be said to be about."""

_AERICH = """from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = {in_transaction}


async def execute_statement(connection, sql):
    await connection.execute_script(sql)


async def upgrade(db: BaseDBAsyncClient) -> str:
{statements}
    return ""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return ""


MODELS_STATE = ""
"""


def run(program: Path, cases: Sequence[Case], folder: Path) -> dict[str, Said]:
    """Lint all cases at once; what is said of each, by its id."""
    owners = {file: case.id for number, case in enumerate(cases) for file in _write(case, folder / str(number))}
    ran = subprocess.run([program, "--output-format", "json", folder], capture_output=True, check=False)
    if ran.returncode > 1:
        raise RuntimeError(ran.stderr.decode())
    rules: defaultdict[str, set[str]] = defaultdict(set)
    for found in json.loads(ran.stdout)["diagnostics"]:
        rules[owners[Path(found["path"])]].add(found["rule_id"])
    return {case.id: translated(rules[case.id], MEANINGS, frozenset()) for case in cases}


def _write(case: Case, folder: Path) -> tuple[Path, ...]:
    if case.form == "alembic":
        texts = {folder / "alembic" / "versions" / "case.py": revision_text(case)}
    else:
        place = folder / "migrations" / "models"
        texts = {place / f"{number}_case.py": _aerich(part) for number, part in enumerate(case.parts, 1)}
    for file, text in texts.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tuple(texts)


def _aerich(text: str) -> str:
    """Return SQL as a migration: what stands between BEGIN and COMMIT runs in the transaction that Aerich makes."""
    pieces = [piece.text.rstrip("; \n") for piece in sql.split(text)]
    in_transaction = pieces[0] == "BEGIN" and pieces[-1] == "COMMIT"
    sent = [piece for piece in pieces if piece not in {"BEGIN", "COMMIT"}]
    statements = "\n".join(f"    await execute_statement(db, {_quoted(piece)})" for piece in sent)
    return _AERICH.format(in_transaction=in_transaction, statements=statements)


def _quoted(text: str) -> str:
    return f'"""{text} """'
