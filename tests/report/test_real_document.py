"""A check on a real server, in both forms of the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from midflight.checks.request import Conditions, SqlRequest
from midflight.checks.script import check_sql
from midflight.report.detail import Detail
from midflight.report.json import json_text
from midflight.report.lines import Page
from midflight.report.terminal import terminal_text
from midflight.shadow.choice import ShadowChoice

if TYPE_CHECKING:
    from midflight.checks.result import CheckResult
    from midflight.pg.addresses import Address

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "reference" / "check.schema.json").read_text())
DANGEROUS = """\
CREATE INDEX ix_orders_note ON orders (note);

ALTER TABLE orders ALTER COLUMN total TYPE bigint;
SELECT nothing FROM orders;
CREATE INDEX CONCURRENTLY ix_orders_total ON orders (total);
"""


@pytest.fixture
async def checked(server: Address, tmp_path: Path) -> CheckResult:
    files = (tmp_path / "schema.sql", tmp_path / "dangerous.sql")
    files[0].write_text("CREATE TABLE orders (id bigint PRIMARY KEY, total integer, note text);")
    files[1].write_text(DANGEROUS)
    return await check_sql(SqlRequest(Conditions(ShadowChoice(server)), files), lambda _: None)


async def test_document_of_a_real_check_is_valid(checked: CheckResult, server: Address, tmp_path: Path) -> None:
    document = json.loads(json_text(checked, tmp_path))
    jsonschema.validate(document, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert document["server"]["origin"] == "given"
    schema, dangerous = document["revisions"]
    assert (schema["path"], schema["outcome"], schema["findings"]) == ("schema.sql", "passed", [])
    assert (dangerous["path"], dangerous["outcome"], dangerous["line"]) == ("dangerous.sql", "failed", 4)
    index, retype, refused, concurrently = dangerous["statements"]
    assert (index["line"], retype["line"], refused["sqlstate"]) == (1, 3, "42703")
    assert ("orders", "SHARE") in {(lock["relation"], lock["mode"]) for lock in index["locks_taken"]}
    assert "orders" in retype["rewritten"]
    assert concurrently["unobserved"]
    hazards = {finding["hazard"]: finding for finding in dangerous["findings"]}
    assert hazards["create-index-blocks-writes"]["statement"] == 0
    assert hazards["change-type-rewrites"]["basis"] == "observed"
    assert server.password is None or server.password not in json.dumps(document)


async def test_terminal_report_of_a_real_check(checked: CheckResult, tmp_path: Path) -> None:
    text = terminal_text(checked, tmp_path, Detail.USUAL, Page(80))
    assert "error create-index-blocks-writes\n    dangerous.sql:1\n" in text
    assert "took SHARE on orders: writes wait\n" in text
    assert "rewrote orders\n" in text
    assert "Files       1 passed, 1 failed" in text
    assert all(line == line.rstrip() for line in text.splitlines())
