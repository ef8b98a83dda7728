"""``midflight check`` knows phases: what breaks old code is right in a contract revision that was prepared for."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from checks.projects import Revision, run_check, write_project, write_revision
from midflight.bridge.project import ProjectSource
from midflight.checks.history import check_history
from midflight.checks.request import Conditions, HistoryRequest
from midflight.shadow.choice import ShadowChoice

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.hazards.finding import Finding
    from midflight.pg.addresses import Address

TABLES = """
op.execute('CREATE TABLE users (id int PRIMARY KEY, mail text NOT NULL)')
op.execute('CREATE TABLE other (id int PRIMARY KEY, note text NOT NULL)')
op.execute('CREATE VIEW names AS SELECT id FROM users')
"""
BASE = Revision("a1", up=TABLES, down="op.execute('DROP VIEW names; DROP TABLE users, other')")
EXPAND = Revision(
    "b2",
    after="a1",
    phase="expand",
    up="op.execute('ALTER TABLE users ADD COLUMN email text')",
    down="op.execute('ALTER TABLE users DROP COLUMN email')",
)
PLAIN = Revision("b2", after="a1", up=EXPAND.up, down=EXPAND.down)
MIGRATE = Revision(
    "c3", after="b2", phase="migrate", up="op.execute('UPDATE users SET email = mail WHERE id < 100')", down="pass"
)
BREAKING = {
    "drop-column": "op.execute('ALTER TABLE users DROP COLUMN mail')",
    "drop-not-null": "op.execute('ALTER TABLE users ALTER COLUMN mail DROP NOT NULL')",
    "rename-column": "op.execute('ALTER TABLE users RENAME COLUMN mail TO address')",
    "rename-table": "op.execute('ALTER TABLE users RENAME TO accounts')",
    "set-schema-breaks": "op.execute('CREATE SCHEMA kept')\nop.execute('ALTER TABLE users SET SCHEMA kept')",
}


def contract(*, up: str, after: str, phase: str | None = "contract", before: str = "") -> Revision:
    return Revision("d4", after=after, phase=phase, up=up, down="raise NotImplementedError", before=before)


async def findings_of(
    server: Address, folder: Path, *revisions: Revision, range_: str | None = None
) -> dict[str, dict[str, Finding]]:
    """Check a history and return each revision's findings, by their hazards, the way back aside."""
    write_project(folder, *revisions)
    request = HistoryRequest(Conditions(ShadowChoice(server)), ProjectSource(folder / "alembic.ini"), range_)
    result = await check_history(request, lambda _: None)
    return {
        revision.id: {one.hazard: one for one in revision.findings if "downgrade" not in one.hazard}
        for revision in result.revisions
    }


async def test_in_a_contract_that_was_prepared_for_it_is_no_finding(server: Address, tmp_path: Path) -> None:
    whole = "\n".join((BREAKING["drop-column"], BREAKING["rename-table"]))
    found = await findings_of(server, tmp_path, BASE, EXPAND, MIGRATE, contract(up=whole, after="c3"))
    assert found["d4"] == {}
    assert not {"drop-column", "contract-without-expand"} & set(found["b2"])


@pytest.mark.parametrize("hazard", BREAKING)
async def test_each_family_is_a_finding_only_before_the_contract(hazard: str, server: Address, tmp_path: Path) -> None:
    right = await findings_of(server, tmp_path / "r", BASE, EXPAND, contract(up=BREAKING[hazard], after="b2"))
    assert right["d4"] == {}
    wrong = await findings_of(
        server, tmp_path / "w", BASE, EXPAND, contract(up=BREAKING[hazard], after="b2", phase="migrate")
    )
    assert set(wrong["d4"]) == {hazard}
    assert 'It belongs into a revision that says phase = "contract"' in wrong["d4"][hazard].advice


async def test_a_revision_that_says_nothing_has_its_finding_as_ever(server: Address, tmp_path: Path) -> None:
    found = await findings_of(
        server, tmp_path, BASE, EXPAND, contract(up=BREAKING["drop-column"], after="b2", phase=None)
    )
    assert found["d4"]["drop-column"].advice == ""
    assert 'phase = "contract"' in found["d4"]["drop-column"].fix


async def test_a_contract_with_nothing_before_it_keeps_its_findings(server: Address, tmp_path: Path) -> None:
    found = await findings_of(server, tmp_path, BASE, PLAIN, contract(up=BREAKING["drop-column"], after="b2"))
    assert set(found["d4"]) == {"drop-column", "contract-without-expand"}
    message = found["d4"]["contract-without-expand"].message
    assert 'no revision before it that says phase = "expand" or "migrate" touches users' in message


async def test_what_was_prepared_for_one_table_says_nothing_of_another(server: Address, tmp_path: Path) -> None:
    both = f"{BREAKING['drop-column']}\nop.execute('ALTER TABLE other DROP COLUMN note')"
    found = await findings_of(server, tmp_path, BASE, EXPAND, contract(up=both, after="b2"))
    assert found["d4"]["drop-column"].table == "other"
    assert "touches other," in found["d4"]["contract-without-expand"].message


async def test_what_comes_after_it_or_beside_it_does_not_prepare_for_it(server: Address, tmp_path: Path) -> None:
    beside = Revision("x9", after="a1", phase="expand", up=EXPAND.up, down=EXPAND.down, labels=("side",))
    found = await findings_of(server, tmp_path, BASE, beside, contract(up=BREAKING["drop-not-null"], after="a1"))
    assert set(found["d4"]) == {"drop-not-null", "contract-without-expand"}


async def test_other_hazards_stay_in_a_contract(server: Address, tmp_path: Path) -> None:
    up = f"{BREAKING['drop-not-null']}\nop.execute('CREATE INDEX ix ON users (email)')"
    found = await findings_of(server, tmp_path, BASE, EXPAND, contract(up=up, after="b2"))
    assert "create-index-blocks-writes" in found["d4"]
    assert "drop-not-null" not in found["d4"]


async def test_a_view_that_expand_made_is_dropped_in_contract(server: Address, tmp_path: Path) -> None:
    rename = (
        "op.execute('ALTER TABLE users RENAME TO accounts')\nop.execute('CREATE VIEW users AS SELECT * FROM accounts')"
    )
    back = "op.execute('DROP VIEW users')\nop.execute('ALTER TABLE accounts RENAME TO users')"
    expand = Revision("b2", after="a1", phase="expand", up=rename, down=back)
    found = await findings_of(server, tmp_path, BASE, expand, contract(up="op.execute('DROP VIEW users')", after="b2"))
    assert found["d4"] == {}
    assert "rename-table" not in found["b2"]


async def test_what_prepares_is_known_where_only_the_contract_is_checked(server: Address, tmp_path: Path) -> None:
    found = await findings_of(
        server, tmp_path, BASE, EXPAND, contract(up=BREAKING["drop-column"], after="b2"), range_="b2:d4"
    )
    assert found == {"d4": {}}


def test_what_an_earlier_check_has_proven_prepares_as_well(tmp_path: Path, cache_folder: Path) -> None:
    folder = write_project(tmp_path, BASE, EXPAND, MIGRATE)
    env = {"MIDFLIGHT_CACHE": "true", "MIDFLIGHT_CACHE_DIR": str(cache_folder)}
    try:
        assert run_check(folder, env=env).ids == ["a1", "b2", "c3"]
        write_revision(folder, contract(up=BREAKING["drop-column"], after="c3"))
        for _ in range(2):  # with the new revision alone, and then with nothing to prove
            checked = run_check(folder, env=env)
            assert "proven by an earlier check" in " ".join(checked.document["notes"])
            hazards = {finding["hazard"] for finding in checked.revision("d4")["findings"]}
            assert not {"drop-column", "contract-without-expand"} & hazards
            assert checked.revision("d4")["phase"] == "contract"
    finally:
        shutil.rmtree(cache_folder / "proven")


async def test_a_contract_is_allowed_with_a_reason(server: Address, tmp_path: Path) -> None:
    allow = "# midflight: allow(drop-column, contract-without-expand): nothing has used it since March\n"
    alone = contract(up=BREAKING["drop-column"], after="a1", before=allow)
    assert (await findings_of(server, tmp_path, BASE, alone))["d4"] == {}
