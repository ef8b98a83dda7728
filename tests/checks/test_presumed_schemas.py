"""SQL files that stand alone: the schema that they presuppose gives the verdicts of the one that was really there."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from checks.projects import run_check
from checks.standalone_files import FILES, File
from midflight.cli import main
from midflight.shadow.choice import ShadowChoice

if TYPE_CHECKING:
    from midflight.pg.addresses import Address

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "sql-files.md").read_text()
ONE_SERVER = pytest.mark.parametrize("shared", [pytest.param(ShadowChoice("machine", 15), id="pg15")], indirect=True)


@dataclass(frozen=True, slots=True)
class Check:
    """The command, run in this process since there are many: a new one takes longer than the check."""

    folder: Path
    server: Address
    output: pytest.CaptureFixture[str]

    def __call__(self, *texts: str, baseline: str | None = None) -> list[dict[str, Any]]:
        """Check files with these texts; return what is said of each."""
        arguments = ["check", "--sql", "--format", "json", "--shadow", self.server.url()]
        if baseline is not None:
            (self.folder / "before.sql").write_text(baseline)
            arguments += ["--baseline", "before.sql"]
        for number, text in enumerate(texts, 1):
            (self.folder / f"{number}.sql").write_text(text)
            arguments.append(f"{number}.sql")
        self.output.readouterr()
        real = os.dup(1)  # the command leads standard output away for good
        try:
            code = main(arguments)
        finally:
            os.dup2(real, 1)
            os.close(real)
        told = self.output.readouterr()
        assert code in {0, 1}, told.err
        found: list[dict[str, Any]] = json.loads(told.out)["revisions"]
        return found


@pytest.fixture
def check(tmp_path: Path, server: Address, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Check:
    monkeypatch.chdir(tmp_path)
    return Check(tmp_path, server, capfd)


def hazards(file: dict[str, Any]) -> list[tuple[str, int]]:
    return sorted((finding["hazard"], finding["line"]) for finding in file["findings"])


def unobserved(file: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(statement["sql"], statement["unobserved"]) for statement in file["statements"]]


@ONE_SERVER
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.id)
def test_the_same_verdicts_as_on_the_real_schema(check: Check, file: File) -> None:
    [real], [alone] = check(file.sql, baseline=file.before), check(file.sql)
    assert alone["outcome"] == real["outcome"]
    assert hazards(alone) == hazards(real)
    assert unobserved(alone) == unobserved(real)
    assert (alone["presumed"] != [], real["presumed"]) == (True, [])


def findings(file: dict[str, Any], hazard: str) -> list[dict[str, Any]]:
    return [finding for finding in file["findings"] if finding["hazard"] == hazard]


@ONE_SERVER
def test_it_is_told_what_was_presumed(check: Check) -> None:
    [file] = check("UPDATE orders SET total = total + 1.5 WHERE user_id = 7;\nALTER TYPE mood ADD VALUE 'ok';")
    assert file["presumed"] == ["table orders (total numeric, user_id integer)", "type mood"]


@ONE_SERVER
def test_a_file_that_presupposes_nothing(check: Check) -> None:
    [file] = check("CREATE TABLE t (id int PRIMARY KEY);\nCREATE INDEX ON t (id);\nINSERT INTO t VALUES (1);")
    assert (file["outcome"], file["presumed"]) == ("passed", [])


@ONE_SERVER
def test_what_files_before_it_made_is_not_presumed(check: Check) -> None:
    first, second = check(
        "CREATE TABLE notes (id int PRIMARY KEY, body text);\nALTER TABLE users ADD COLUMN a int;",
        "ALTER TABLE notes ADD COLUMN title text;\nALTER TABLE users ADD COLUMN b int;\nDROP TABLE gone;",
    )
    assert first["presumed"] == ["table users"]
    assert second["presumed"] == ["table gone"]
    assert [locks(statement) for statement in second["statements"]] == [{"notes"}, {"users"}, {"gone"}]


def locks(statement: dict[str, Any]) -> set[str]:
    return {lock["relation"] for lock in statement["locks_taken"] if lock["kind"] == "r"}


@ONE_SERVER
@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("CREATE TABLE t (id int);\nCREATE INDEX ON t (nope);", 2, 'column "nope" does not exist'),
        ("CREATE TABLE t (id int);\nINSERT INTO t VALUES ('x');", 2, "invalid input syntax for type integer"),
        ("DROP TABLE users;\nALTER TABLE users ADD COLUMN a int;", 2, 'relation "users" does not exist'),
        ("ALTER TABLE users DROP COLUMN a;\nUPDATE users SET a = 1;", 2, 'column "a" of relation "users"'),
        ("ALTER TABLE users ADD COLUMN a int;\nALTER TABLE users ADD COLUMN a int;", 2, "already exists"),
        ("BEGIN;\nCREATE INDEX CONCURRENTLY i ON users (a);\nCOMMIT;", 2, "cannot run inside a transaction"),
        ("CREATE TYPE mood AS ENUM ('sad');\nSELECT 'ok'::mood;", 2, "invalid input value for enum mood"),
    ],
)
def test_what_the_file_itself_has_wrong_is_a_failure(check: Check, text: str, line: int, reason: str) -> None:
    [file] = check(text)
    assert (file["outcome"], file["line"]) == ("failed", line)
    assert reason in file["reason"]
    assert findings(file, "revision-fails")


@ONE_SERVER
@pytest.mark.parametrize(
    "text",
    [
        "SELECT a.x, b.y FROM summarize(3) AS a JOIN users b ON b.id = a.id;",
        "ALTER TABLE users ALTER COLUMN token TYPE uuid;",
        "SELECT pg_catalog.setval('nowhere.at.all', 1), users.id FROM users;",
        "GRANT CONNECT ON DATABASE shop TO CURRENT_USER;",
    ],
)
def test_what_cannot_be_presumed_is_no_failure(check: Check, text: str) -> None:
    [file] = check(text)
    [statement] = file["statements"]
    assert (file["outcome"], findings(file, "revision-fails")) == ("passed", [])
    assert "it does not run on the presumed schema" in statement["unobserved"]
    assert (statement["error"], statement["sqlstate"]) == (None, None)
    told = {finding["basis"] for finding in file["findings"] if finding["hazard"] != "no-lock-timeout"}
    assert told <= {"grammar"}


@ONE_SERVER
def test_the_rest_of_its_transaction_is_judged_by_the_grammar(check: Check) -> None:
    [file] = check(
        "BEGIN;\nGRANT CONNECT ON DATABASE shop TO CURRENT_USER;\nALTER TABLE users DROP COLUMN a;\nCOMMIT;\n"
        "ALTER TABLE users DROP COLUMN b;"
    )
    assert file["outcome"] == "passed"
    assert {finding["line"]: finding["basis"] for finding in findings(file, "drop-column")} == {
        3: "grammar",
        5: "observed",
    }


@ONE_SERVER
def test_what_the_server_misses_is_presumed_too(check: Check) -> None:
    [file] = check(
        "DO $$ BEGIN\n"
        "  UPDATE orders SET total = tidy(total), state = 'x' WHERE customer <> '';\n"
        "  CREATE INDEX ON items (orders_id);\n"
        "END $$;"
    )
    [statement] = file["statements"]
    assert statement["unobserved"] is None
    assert {lock["relation"] for lock in statement["locks_taken"] if lock["mode"] == "SHARE"} == {"items"}
    assert "function tidy" in file["presumed"]


@ONE_SERVER
@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("ALTER TABLE t ALTER COLUMN a TYPE bigint;", "integer"),
        ("ALTER TABLE t ALTER COLUMN a TYPE varchar(100);", "text"),
        ("ALTER TABLE t ALTER COLUMN a TYPE text;", "integer"),
        ("ALTER TABLE t ALTER COLUMN a TYPE uuid USING a::uuid;", "text"),
        ("ALTER TABLE t ALTER COLUMN a TYPE jsonb;", "json"),
    ],
)
def test_a_finding_says_that_it_rests_on_a_presumed_type(check: Check, text: str, type_: str) -> None:
    [file] = check(text)
    [finding] = findings(file, "change-type-rewrites")
    assert finding["basis"] == "presumed"
    assert f"That presumes that t.a was {type_} before" in finding["message"]


@ONE_SERVER
def test_a_type_that_the_file_tells_is_not_presumed(check: Check) -> None:
    [file] = check("UPDATE t SET a = 5 WHERE id = 1;\nALTER TABLE t ALTER COLUMN a TYPE bigint;")
    [finding] = findings(file, "change-type-rewrites")
    assert finding["basis"] == "observed"


@ONE_SERVER
def test_the_safe_form_is_sql(check: Check) -> None:
    [file] = check("CREATE INDEX ON orders (user_id);\nALTER TABLE users ALTER COLUMN a SET NOT NULL;")
    fixes = "\n".join(finding["fix"] or finding["advice"] for finding in file["findings"])
    assert 'CREATE INDEX CONCURRENTLY "ix_orders_user_id" ON "orders" ("user_id");' in fixes
    assert "op." not in fixes
    assert "revision" not in fixes


def test_roles_are_made_on_a_server_of_our_own(tmp_path: Path) -> None:
    (tmp_path / "file.sql").write_text(
        "CREATE ROLE writer;\nGRANT SELECT ON orders TO reporting, writer;\nALTER TABLE orders OWNER TO shop;\n"
        "SELECT missing(id) FROM orders;"
    )
    checked = run_check(tmp_path, "--sql", "file.sql", "--shadow", "machine")
    file = checked.revision("file.sql")
    assert file["outcome"] == "passed", checked.err
    assert {"role reporting", "role shop"} <= set(file["presumed"])
    assert [statement["unobserved"] for statement in file["statements"]] == [None] * len(file["statements"])


def test_the_terminal_says_it_once(tmp_path: Path) -> None:
    (tmp_path / "file.sql").write_text("COMMENT ON COLUMN orders.total IS 'in cents';")
    checked = run_check(tmp_path, "--sql", "file.sql", form="terminal")
    told = " ".join(checked.out.split())
    assert "The schema before it is presumed from the file itself: table orders (total text); give --baseline" in told


def test_the_page_shows_what_is_said(tmp_path: Path) -> None:
    blocks = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
    [(_, file), (_, command), (_, said), (_, commands)] = blocks
    (tmp_path / "0042_orders.sql").write_text(file)
    (tmp_path / "schema.sql").write_text("CREATE TABLE orders (id int, total int, user_id int, status text);")
    _, _, *arguments = command.split()
    checked = run_check(tmp_path, *arguments, form="terminal")
    assert " ".join(said.split()) in " ".join(checked.out.split())
    _, _, *arguments = commands.splitlines()[-1].split()
    assert "presumed" not in run_check(tmp_path, *arguments, form="terminal").out
