"""``midflight upgrade --phase``: what is applied, what is left, and what holds a contract back, on real servers."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

import midflight
from checks.projects import Revision
from midflight.cli.program import main
from midflight.errors import GateShutError, UsageError
from phases.ledgers import add_backfill, add_instance, end_instance, make_ledger, set_state
from runner.deployments import SAFE, URL, Deployment

if TYPE_CHECKING:
    import uuid

    from runner.deployments import Deployments

ADD = "op.execute('ALTER TABLE t ADD COLUMN m int')"
EXPAND = Revision("a1", phase="expand", up=ADD, down="op.drop_column('t', 'm')")
MIGRATE = Revision("b2", after="a1", phase="migrate", up="op.execute('UPDATE t SET m = n WHERE id < 10')")
CONTRACT = Revision("c3", after="b2", phase="contract", up="op.drop_column('t', 'n')")
LATER = Revision("d4", after="c3", up="op.execute('ALTER TABLE t ADD COLUMN later int')")
CHAIN = (EXPAND, MIGRATE, CONTRACT)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    output: str

    def succeeds(self) -> None:
        assert self.code == 0, self.output

    def fails(self, code: int, *texts: str) -> None:
        assert self.code == code, self.output
        assert [text for text in texts if text not in self.output] == [], self.output


class Phased:
    """A deployment, and what its ledger holds."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.stage, self.database = deployment.stage, deployment.database

    def run(self, *arguments: str) -> Ran:
        """Run a command in this process, which is much faster."""
        os.environ[URL] = self.deployment.url
        with io.StringIO() as out, redirect_stdout(out), redirect_stderr(out):
            code = main([*arguments, "--config", str(self.deployment.folder / "alembic.ini")])
            return Ran(code, out.getvalue())

    def upgrade(self, *arguments: str) -> Ran:
        return self.run("upgrade", *arguments)

    def make_ledger(self) -> None:
        make_ledger(self.stage, self.database)

    def backfill(self, name: str, state: str, revision: str, **more: int) -> None:
        add_backfill(self.stage, self.database, name, state=state, revision=revision, **more)

    def set_state(self, name: str, state: str) -> None:
        set_state(self.stage, self.database, name, state)

    def instance(self, *revisions: str, **more: Any) -> uuid.UUID:  # noqa: ANN401 - as the ledger has them
        return add_instance(self.stage, self.database, *revisions, **more)

    def end(self, instance: uuid.UUID) -> None:
        end_instance(self.stage, self.database, instance)

    @property
    def version(self) -> str | None:
        return self.deployment.version


@pytest.fixture
def chain(deployments: Deployments) -> Phased:
    """Expand, migrate, contract."""
    return Phased(deployments.new(*CHAIN))


def test_the_expand_phase_stops_before_the_contract_and_says_how_to_go_on(chain: Phased) -> None:
    done = chain.deployment.run("upgrade", "--phase", "expand")
    done.succeeds()
    assert "left for the contract phase: c3" in done.output
    assert "midflight upgrade --phase contract" in done.output
    assert chain.version == "b2"

    again = chain.upgrade("--phase", "expand")
    again.succeeds()
    assert "nothing to do" in again.output
    assert "left for the contract phase: c3" in again.output

    chain.upgrade("--phase", "contract").succeeds()
    assert chain.version == "c3"
    last = chain.upgrade("--phase", "contract")
    last.succeeds()
    assert "nothing to do" in last.output
    chain.deployment.nothing_is_left()


def test_a_backfill_that_is_not_finished_refuses_the_contract_phase(chain: Phased) -> None:
    chain.upgrade("--phase", "expand").succeeds()
    chain.backfill("fill_m", "running", "b2", done=1200, failures=2)
    held = chain.upgrade("--phase", "contract")
    held.fails(
        1,
        "c3 is held back: the backfill fill_m of t is running: 1,200 of about 50,000 rows done, 2 failed",
        "midflight backfill run fill_m",
    )
    assert chain.version == "b2"
    chain.upgrade("--phase", "contract", "--ignore-instances").fails(1, "fill_m")
    chain.set_state("fill_m", "verifying")
    chain.upgrade("--phase", "contract").fails(1, "is being verified")
    chain.deployment.nothing_is_left()

    chain.set_state("fill_m", "finished")
    chain.upgrade("--phase", "contract").succeeds()
    assert chain.version == "c3"


def test_a_live_instance_of_older_code_refuses_it_until_it_has_been_silent_for_a_minute(chain: Phased) -> None:
    chain.upgrade("--phase", "expand").succeeds()
    old = chain.instance("b2", host="web-1")
    chain.instance("c3", host="web-2")
    chain.instance("a1", host="web-3", silent=75)
    held = chain.upgrade("--phase", "contract")
    held.fails(1, "c3 is held back: an instance of shop 1.4, built for b2", "web-1 (process 12)", "--ignore-instances")
    assert "web-2" not in held.output
    assert "web-3" not in held.output
    assert chain.version == "b2"

    chain.end(old)
    chain.upgrade("--phase", "contract").succeeds()
    assert chain.version == "c3"


def test_instances_can_be_ignored_and_the_journal_says_so(chain: Phased) -> None:
    chain.upgrade("--phase", "expand").succeeds()
    chain.instance("b2")
    done = chain.upgrade("--phase", "contract", "--ignore-instances")
    done.succeeds()
    assert "warning: c3 is applied all the same" in done.output
    noted = chain.deployment.value("SELECT says FROM midflight.journal WHERE revision = 'c3' AND step IS NULL")
    assert noted.startswith("instances were ignored: an instance of shop 1.4, built for b2")
    assert chain.deployment.value("SELECT count(*) FROM midflight.journal WHERE step IS NULL AND says <> ''") == 1
    status = chain.deployment.run("status")
    status.succeeds()
    assert "instances were ignored" in status.output


def test_an_instance_of_an_unknown_revision_is_taken_for_newer_and_told(chain: Phased) -> None:
    chain.upgrade("--phase", "expand").succeeds()
    chain.instance("f00", host="canary")
    done = chain.upgrade("--phase", "contract")
    done.succeeds()
    assert "shop 1.4 (canary, process 12) was built for f00, which this history does not have" in done.output


def test_without_a_phase_a_shut_gate_stops_there_and_the_same_command_goes_on(chain: Phased) -> None:
    chain.make_ledger()
    chain.backfill("fill_m", "paused", "b2")
    chain.upgrade().fails(1, "c3 is held back", "is paused", "midflight backfill resume fill_m")
    assert chain.version == "b2"
    chain.deployment.nothing_is_left()
    chain.set_state("fill_m", "cancelled")
    chain.upgrade().succeeds()
    assert chain.version == "c3"


def test_the_contract_phase_refuses_before_anything_is_applied(deployments: Deployments) -> None:
    phased = Phased(deployments.new(*CHAIN))
    phased.make_ledger()
    phased.backfill("fill_m", "pending", "b2")
    old = phased.instance("a1")
    held = phased.upgrade("--phase", "contract")
    held.fails(1, "the backfill fill_m of t has not begun", "shop 1.4, built for a1")
    assert "--ignore-instances" not in held.output  # it would not help
    assert phased.version is None
    phased.end(old)
    phased.set_state("fill_m", "finished")
    phased.upgrade("--phase", "contract").succeeds()
    assert phased.version == "c3"


def test_where_a_later_contract_is_held_back_the_earlier_one_can_be_applied(deployments: Deployments) -> None:
    next_contract = Revision("e5", after="d4", phase="contract", up="op.drop_column('t', 'later')")
    phased = Phased(deployments.new(*CHAIN, LATER, next_contract))
    phased.upgrade("--phase", "expand").succeeds()
    phased.instance("d4")
    held = phased.upgrade("--phase", "contract")
    held.fails(1, "e5 is held back", "midflight upgrade d4 --phase contract applies what comes before")
    assert "c3 is held back" not in held.output
    assert phased.version == "b2"
    phased.upgrade("d4", "--phase", "contract").succeeds()
    assert phased.version == "d4"


def test_what_builds_upon_a_contract_is_left_and_other_branches_are_not(deployments: Deployments) -> None:
    phased = Phased(
        deployments.new(
            *CHAIN,
            LATER,
            Revision("x1", up="op.execute('CREATE TABLE x (id int)')", labels=("other",)),
            Revision("x2", after="x1", depends_on="d4", up="op.execute('CREATE TABLE x2 (id int)')"),
        )
    )
    done = phased.upgrade("--phase", "expand")
    done.succeeds()
    assert "left for the contract phase: c3, and what builds upon it: " in done.output
    versions = "SELECT array_agg(version_num::text ORDER BY version_num) FROM alembic_version"
    assert phased.deployment.value(versions) == ["b2", "x1"]
    assert phased.deployment.value("SELECT to_regclass('x2') IS NULL")
    phased.upgrade().succeeds()
    assert phased.deployment.value("SELECT to_regclass('x2') IS NOT NULL")


def test_the_table_of_instances_is_there_before_the_first_contract(chain: Phased) -> None:
    chain.upgrade("a1").succeeds()
    assert chain.deployment.value("SELECT to_regclass('midflight.instance') IS NOT NULL")


def test_without_a_journal_there_need_be_no_ledger_and_then_there_are_no_gates(chain: Phased) -> None:
    chain.upgrade("--no-journal").succeeds()
    assert chain.version == "c3"
    assert chain.deployment.value("SELECT to_regnamespace('midflight') IS NULL")


def test_a_history_without_contracts_makes_no_ledger(deployments: Deployments) -> None:
    phased = Phased(deployments.new(Revision("a1", up="op.execute('CREATE TABLE x (id int)')")))
    phased.upgrade().succeeds()
    assert phased.deployment.value("SELECT to_regclass('midflight.instance') IS NULL")
    assert phased.deployment.value("SELECT to_regclass('midflight.journal') IS NOT NULL")


def test_events_as_json(chain: Phased) -> None:
    done = chain.upgrade("--phase", "expand", "--format", "json")
    done.succeeds()
    events = [json.loads(line) for line in done.output.splitlines()]
    assert events[-1] == {"event": "revisions_left", "at": events[-1]["at"], "contracts": ["c3"], "others": []}


def test_a_script_of_the_expand_phase_leaves_the_contract(chain: Phased) -> None:
    script = chain.upgrade("--phase", "expand", "--sql")
    script.succeeds()
    assert "ADD COLUMN m" in script.output
    assert "DROP COLUMN n" not in script.output
    whole = chain.upgrade("--sql")
    whole.succeeds()
    assert "DROP COLUMN n" in whole.output


def test_the_way_back_has_no_gates(chain: Phased) -> None:
    chain.upgrade().succeeds()
    chain.instance("b2")
    chain.run("downgrade", "b2").succeeds()
    assert chain.version == "b2"


def test_a_real_backfill_from_its_registration_to_the_contract(deployments: Deployments) -> None:
    fill = "op.backfill('fill_m', table='t', set={'m': 'n'}, where='m IS DISTINCT FROM n', small=0)"
    migrate = Revision("b2", after="a1", phase="migrate", before=SAFE, up=fill, down="op.drop_backfill('fill_m')")
    phased = Phased(deployments.new(EXPAND, migrate, CONTRACT))
    phased.upgrade().fails(1, "the backfill fill_m of t has not begun", "midflight backfill run fill_m")
    assert phased.version == "b2"
    phased.deployment.run("backfill", "run", "fill_m").succeeds()
    phased.upgrade("--phase", "contract").succeeds()
    assert phased.version == "c3"
    assert phased.deployment.value("SELECT count(*) FROM t WHERE m = id") == 1000


def test_a_small_table_is_filled_on_the_way_and_holds_nothing_up(deployments: Deployments) -> None:
    fill = "op.backfill('fill_m', table='t', set={'m': 'n'}, where='m IS DISTINCT FROM n')"
    migrate = Revision("b2", after="a1", phase="migrate", before=SAFE, up=fill, down="op.drop_backfill('fill_m')")
    phased = Phased(deployments.new(EXPAND, migrate, CONTRACT))
    phased.upgrade("--phase", "contract").succeeds()
    assert phased.version == "c3"


def test_plain_alembic_ignores_phases(chain: Phased) -> None:
    chain.make_ledger()
    chain.backfill("fill_m", "running", "b2")
    ran = subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=chain.deployment.folder,
        env={**os.environ, URL: chain.deployment.url},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert chain.version == "c3"


async def test_from_a_program(chain: Phased, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL, chain.deployment.url)
    config = chain.deployment.folder / "alembic.ini"
    with pytest.raises(UsageError, match="phase is 'migrate'"):
        await midflight.upgrade(config=config, phase="migrate")  # type: ignore[arg-type]
    assert await midflight.upgrade(config=config, phase="expand") == ("a1", "b2")
    chain.instance("b2")
    with pytest.raises(GateShutError, match="c3 is held back"):
        await midflight.upgrade(config=config, phase="contract")
    assert await midflight.upgrade(config=config, phase="contract", ignore_instances=True) == ("c3",)


def test_a_phase_that_is_none_is_told_with_its_file(deployments: Deployments) -> None:
    phased = Phased(deployments.new(Revision("a1", phase="shrink")))
    for command in ("upgrade", "status", "plan"):
        phased.deployment.run(command).fails(2, "a1.py: phase is 'shrink'", "'expand', 'migrate', 'contract'")


def test_a_ledger_that_may_not_be_read_holds_the_contract_back(deployments: Deployments) -> None:
    phased = Phased(deployments.new(*CHAIN))
    phased.upgrade("--phase", "expand").succeeds()
    phased.deployment.send(
        "DO $$ BEGIN IF to_regrole('phases_stranger') IS NULL THEN CREATE ROLE phases_stranger; END IF; END $$;"
        "GRANT CREATE, USAGE ON SCHEMA midflight, public TO phases_stranger;"
        "GRANT ALL ON midflight.journal, alembic_version TO phases_stranger;"
        "ALTER TABLE t OWNER TO phases_stranger"
    )
    try:
        held = phased.upgrade("--phase", "contract", "--role", "phases_stranger")
        held.fails(3, "the ledger of backfills and instances is there, and this role may not read it", "GRANT")
        assert phased.version == "b2"
    finally:
        phased.deployment.send("DROP OWNED BY phases_stranger CASCADE; DROP ROLE phases_stranger")
