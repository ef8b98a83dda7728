"""Plain SQL, without an Alembic project: files in their order, each judged by what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from checks.projects import Checked, run_check
from midflight.checks.sql_text import read_script
from midflight.errors import SqlFileError

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.pg.addresses import Address

BASELINE = "CREATE TABLE items (id int PRIMARY KEY, name text, price int);\n"
FIRST = """\
-- A comment; with a semicolon.
CREATE TABLE notes (id int, body text DEFAULT ';');
ALTER TABLE nowhere ADD COLUMN a int;

CREATE INDEX items_name ON items (name);
CREATE INDEX CONCURRENTLY items_price ON items (price);
"""
SECOND = """\
BEGIN;
ALTER TABLE items ADD COLUMN sku text;
ALTER TABLE notes ADD COLUMN title text;
COMMIT;
ALTER TABLE items ALTER COLUMN sku SET NOT NULL;
DO $$ BEGIN
  ALTER TABLE items ADD COLUMN colour text;
END $$;
"""


def hazards(checked: Checked, id_: str) -> set[tuple[str, int]]:
    return {(finding["hazard"], finding["line"]) for finding in checked.revision(id_)["findings"]}


def locks(statement: dict[str, Any]) -> set[tuple[str, str]]:
    return {(lock["relation"], lock["mode"]) for lock in statement["locks_taken"] if lock["kind"] == "r"}


def test_files_in_their_order(tmp_path: Path, server: Address) -> None:
    (tmp_path / "before.sql").write_text(BASELINE)
    (tmp_path / "first.sql").write_text(FIRST)
    (tmp_path / "second.sql").write_text("\ufeff" + SECOND)
    arguments = ("--baseline", "before.sql", "--shadow", server.url())
    checked = run_check(tmp_path, "--sql", "first.sql", "second.sql", *arguments)

    assert checked.code == 1, checked.err
    assert checked.outcomes() == {"first.sql": "failed", "second.sql": "passed"}
    assert checked.revision("first.sql")["line"] == 3
    assert checked.revision("first.sql")["reason"] == 'relation "nowhere" does not exist'
    assert hazards(checked, "first.sql") == {
        ("revision-fails", 3),
        ("create-index-blocks-writes", 5),
        ("no-lock-timeout", 3),
    }
    assert hazards(checked, "second.sql") == {
        ("locks-several-tables", 3),
        ("set-not-null-scans", 5),
        ("add-not-null-without-default", 5),
        ("opaque-sql", 6),
        ("no-lock-timeout", 2),
    }
    assert set(checked.round_trips().values()) == {"not run"}

    created, failed, blocking, concurrently = checked.revision("first.sql")["statements"]
    assert [created["line"], failed["line"], blocking["line"], concurrently["line"]] == [2, 3, 5, 6]
    assert (created["created"], failed["sqlstate"]) == (["notes"], "42P01")
    assert locks(blocking) == {("items", "SHARE")}
    assert concurrently["unobserved"]
    sku, title, not_null, do = checked.revision("second.sql")["statements"]
    assert sku["transaction"] == title["transaction"] != not_null["transaction"]
    assert ("items", "ACCESS EXCLUSIVE") in {(lock["relation"], lock["mode"]) for lock in title["locks_held"]}
    assert ("items", "ACCESS EXCLUSIVE") in locks(not_null)
    assert not_null["scanned"] == [{"relation": "items", "rows": 0}]
    assert (do["line"], locks(do)) == (6, {("items", "ACCESS EXCLUSIVE")})


def test_standard_input_beside_a_file(tmp_path: Path) -> None:
    (tmp_path / "first.sql").write_text(BASELINE)
    checked = run_check(tmp_path, "--sql", "first.sql", "-", stdin=b"ALTER TABLE items ADD COLUMN a int;\n")
    assert checked.outcomes() == {"first.sql": "passed", "<stdin>": "passed"}, checked.err
    [statement] = checked.revision("<stdin>")["statements"]
    assert locks(statement) == {("items", "ACCESS EXCLUSIVE")}
    assert checked.revision("<stdin>")["path"] is None


def test_a_transaction_left_open_or_failed_is_rolled_back(tmp_path: Path) -> None:
    (tmp_path / "open.sql").write_text("BEGIN;\nCREATE TABLE t (id int);\n")
    (tmp_path / "failed.sql").write_text(
        "BEGIN;\nCREATE TABLE t (id int);\nALTER TABLE t DROP COLUMN nope;\nCREATE TABLE u ();\nCOMMIT;\n"
    )
    (tmp_path / "last.sql").write_text("CREATE TABLE t (id int);\nCREATE TABLE u (id int);\n")
    checked = run_check(tmp_path, "--sql", "open.sql", "failed.sql", "last.sql")
    assert checked.outcomes() == {"open.sql": "passed", "failed.sql": "failed", "last.sql": "passed"}, checked.err
    assert checked.revision("failed.sql")["line"] == 3
    assert checked.revision("failed.sql")["reason"] == 'column "nope" of relation "t" does not exist'


def test_a_syntax_error_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "wrong.sql").write_text("CREATE TABLE t (id int);\n\nCREATE TABEL u (id int);\n")
    checked = run_check(tmp_path, "--sql", "wrong.sql")
    assert (checked.code, checked.out) == (2, "")
    assert checked.err == 'error: wrong.sql, line 3: syntax error at or near "TABEL"\n'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"SELECT 'caf\xe9';\n", "not UTF-8 text"),
        (b"SELECT 1;\nSELECT '\x00';\n", "line 2: SQL cannot contain the character U\\+0000"),
        (b"SELECT 1;\nSELECT 'open;\n", "line 2: unterminated quoted string"),
        (b"CREATE TABLE t (id int);\nCOPY t FROM stdin;\n1\n\\.\n", "line 2: data blocks .* are not supported"),
        (b"\\i other.sql\n", "line 1: psql's \\\\i is not supported"),
        (None, "No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, data: bytes | None, said: str) -> None:
    file = tmp_path / "wrong.sql"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(SqlFileError, match=rf"wrong\.sql.*{said}"):
        read_script(file)


@pytest.mark.parametrize("data", [b"", b"-- nothing\n", b";;\n"])
def test_a_file_without_statements(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "empty.sql"
    file.write_bytes(data)
    assert read_script(file).pieces == ()
