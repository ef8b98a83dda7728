"""Comments that allow hazards, and severities of a team's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from checks.projects import Checked, Revision, run_check, write_project
from midflight import sql
from midflight.checks.allowances import allowances_in_file, allowances_in_python, allowances_in_sql
from midflight.checks.sql_text import SqlText

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.pg.addresses import Address

PLACES = '''\
"""A revision. # midflight: allow(in-docstring): no"""
# midflight: allow(head): yes
revision = "a1"  # midflight: allow(beside-constant): yes

# midflight: allow(above-function): yes
def upgrade():
    # midflight: allow(above): yes
    # for the reason above
    op.drop_column(
        "t",  # midflight: allow(within, and-another): yes
        "c",
    )  # noqa: E501  # midflight: allow(behind): yes

    # midflight: allow(with-a-gap): yes

# midflight: allow(at-the-margin): yes

    op.execute("# midflight: allow(in-string): no")
    # midflight: allow(at-the-end): yes

def downgrade():
    if True:
        # midflight: allow(deeper): yes
        op.execute("-- midflight: allow(in-string): no")
'''
SQL = """\
-- midflight: allow(head): yes

-- midflight: allow(above): yes
-- and more
ALTER TABLE t
  DROP COLUMN c -- midflight: allow(within): yes
; -- midflight: allow(behind): no, a line too far

-- midflight: allow(with-a-gap): yes

SELECT '-- midflight: allow(in-string): no', $$
-- midflight: allow(in-dollars): no
$$; DROP TABLE t; -- midflight: allow(behind-two): yes
"""
TABLE = Revision(
    "a1",
    up="op.execute('CREATE TABLE t (id int, a text, b text, n numeric)')",
    down="op.execute('DROP TABLE t')",
)
BACK = "op.execute('ALTER TABLE t ADD a text, ADD b text')"


def spoken_of(text: str) -> dict[str, range | None]:
    return {name: one.lines for one in allowances_in_python(text) for name in one.hazards}


def drops(up: str, *, before: str = "", id_: str = "b2") -> Revision:
    return Revision(id_, after="a1", up=up, down=BACK, before=before)


def check(folder: Path, server: Address, *revisions: Revision, toml: str = "") -> Checked:
    write_project(folder, TABLE, *revisions, toml=toml)
    return run_check(folder, "--shadow", server.url(), "a1:heads")


def hazards(part: dict[str, Any], key: str = "findings") -> list[tuple[str, str, int | None]]:
    return [(found["hazard"], found["severity"], found["line"]) for found in part[key]]


def test_a_comment_speaks_of_its_statement_or_of_the_whole_revision() -> None:
    statement, none = range(9, 13), range(0)
    assert spoken_of(PLACES) == {
        "head": None,
        "beside-constant": None,
        "above-function": None,
        "above": statement,
        "within": statement,
        "and-another": statement,
        "behind": statement,
        "with-a-gap": none,
        "at-the-margin": none,
        "at-the-end": none,
        "deeper": range(24, 25),
    }


def test_a_comment_in_sql_speaks_of_its_statement_or_at_the_head_of_the_file() -> None:
    found = allowances_in_sql(SqlText("a.sql", None, SQL, sql.split(SQL)))
    assert {name: one.lines for one in found for name in one.hazards} == {
        "head": None,
        "above": range(5, 7),
        "within": range(5, 7),
        "behind": range(0),
        "with-a-gap": range(0),
        "behind-two": range(11, 14),
    }


@pytest.mark.parametrize(
    ("comment", "ids", "reason"),
    [
        ("#midflight:allow( drop-column ,drop-table,):why: so", ("drop-column", "drop-table"), "why: so"),
        ("# midflight: allow(drop-column)", ("drop-column",), ""),
        ("# midflight: allow(drop-column):  ", ("drop-column",), ""),
        ("# midflight: allow(): reason", (), "reason"),
        ("# midflight: allow drop-column", (), ""),
        ("# midflight: alow(drop-column): reason", (), ""),
    ],
)  # fmt: skip
def test_a_comment_is_read(comment: str, ids: tuple[str, ...], reason: str) -> None:
    (found,) = allowances_in_python(comment)
    assert (found.hazards, found.reason) == (ids, reason)


@pytest.mark.parametrize("comment", ["# midflight: see the docs", "# midflight allows this", "# allow(drop-table): x"])
def test_a_comment_that_is_not_for_us_is_left_alone(comment: str) -> None:
    assert allowances_in_python(comment) == ()


@pytest.mark.parametrize("data", [b"\x00\x01\xff", b"def f(:\n   '''", b"# -*- coding: nonsense -*-\n"])
def test_a_file_that_is_no_python_allows_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.py").write_bytes(data)
    assert allowances_in_file(tmp_path / "a.py") == ()
    assert allowances_in_file(tmp_path / "not-there.py") == ()


def test_what_a_comment_allows_is_no_finding(tmp_path: Path, server: Address) -> None:
    up = """
        # midflight: allow(drop-column): the last release does not name it
        op.drop_column('t', 'a')
        op.drop_column('t', 'b')
    """
    checked = check(tmp_path, server, drops(up), toml='[tool.midflight.severity]\ndrop-column = "error"')
    revision = checked.revision("b2")
    assert checked.code == 1, checked.err  # because of b
    assert [found["table"] for found in revision["suppressed"]] == ["t"]
    assert revision["suppressed"][0]["reason"] == "the last release does not name it"
    assert revision["suppressed"][0]["severity"] == "error"
    assert [name for name, *_ in hazards(revision)].count("drop-column") == 1
    assert revision["suppressed"][0]["line"] < revision["findings"][0]["line"]
    assert checked.document["summary"]["suppressed"] == 1
    shown = run_check(tmp_path, "--shadow", server.url(), "a1:heads", "-v", form="terminal").out
    assert "allowed drop-column" in shown
    assert "the last release does not name it" in shown


def test_a_comment_at_the_top_allows_for_the_whole_revision_and_the_check_passes(
    tmp_path: Path, server: Address
) -> None:
    before = "# midflight: allow(drop-column, downgrade-differs, downgrade-reorders-columns): nobody uses it"
    up = "op.drop_column('t', 'a')\nop.drop_column('t', 'b')"
    unallowed = check(tmp_path / "without", server, drops(up))
    assert "downgrade-reorders-columns" in [name for name, *_ in hazards(unallowed.revision("b2"))]
    checked = check(tmp_path / "with", server, drops(up, before=before))
    assert checked.code == 0, checked.out
    revision = checked.revision("b2")
    assert sorted(name for name, *_ in hazards(revision, "suppressed")) == sorted(
        name for name, *_ in hazards(unallowed.revision("b2"))
    )
    assert [found["message"] for found in revision["findings"]] == [
        "downgrade-differs is allowed here, but this file does not have it"
    ]


def test_comments_that_allow_nothing_are_findings(tmp_path: Path, server: Address) -> None:
    up = """
        # midflight: allow(drop-table): no table is dropped here
        # midflight: allow(drop-colum): a slip
        # midflight: allow(drop-column)
        # midflight: allow: drop-column
        op.drop_column('t', 'a')
    """
    checked = check(tmp_path, server, drops(up))
    revision = checked.revision("b2")
    told = [found for found in revision["findings"] if found["hazard"].endswith("-suppression")]
    first = min(found["line"] for found in told)
    assert [(found["hazard"], found["severity"], found["line"] - first) for found in told] == [
        ("invalid-suppression", "error", 1),
        ("invalid-suppression", "error", 2),
        ("invalid-suppression", "error", 3),
        ("unused-suppression", "warning", 0),
    ]
    assert "'drop-colum'; did you mean drop-column?" in told[0]["message"]
    assert "without a reason" in told[1]["message"]
    assert revision["suppressed"] == []
    assert "drop-column" in [name for name, *_ in hazards(revision)]
    assert checked.code == 1


def test_a_comment_in_a_revision_that_fails_is_not_called_unused(tmp_path: Path, server: Address) -> None:
    up = "op.drop_table('nowhere')\n# midflight: allow(drop-column): later\nop.drop_column('t', 'a')"
    checked = check(tmp_path, server, drops(up, before="# midflight: allow(revision-fails, drop-table): let it"))
    revision = checked.revision("b2")
    assert (checked.code, revision["outcome"], revision["findings"]) == (1, "failed", [])


def test_comments_in_sql_files(tmp_path: Path, server: Address) -> None:
    text = "-- midflight: allow(drop-column): unused\nALTER TABLE t DROP COLUMN a;\nALTER TABLE t DROP COLUMN b;\n"
    (tmp_path / "before.sql").write_text("CREATE TABLE t (a int, b int);")
    checked = run_check(
        tmp_path, "--sql", "-", "--baseline", "before.sql", "--shadow", server.url(), stdin=text.encode()
    )
    revision = checked.revision("<stdin>")
    assert [name for name, _, line in hazards(revision, "suppressed") if line == 2] == ["drop-column"]
    assert [line for name, _, line in hazards(revision) if name == "drop-column"] == [3]


def test_severities_for_all_files_and_for_some(tmp_path: Path, server: Address) -> None:
    toml = """
        [tool.midflight.severity]
        drop-column = "error"
        downgrade-reorders-columns = "off"

        [[tool.midflight.overrides]]
        paths = ["migrations/versions/2024*", "elsewhere/*"]
        severity = { drop-column = "warning" }

        [[tool.midflight.overrides]]
        paths = ["*/2024_c*"]
        severity = { drop-column = "off" }
    """
    allowed = "op.drop_column('t', 'n')  # midflight: allow(drop-column): it is off anyway"
    checked = check(
        tmp_path,
        server,
        Revision("b2", after="a1", up="op.drop_column('t', 'a')", down="op.execute('ALTER TABLE t ADD a text')"),
        Revision("2024_b", after="b2", up="op.drop_column('t', 'b')", down="op.execute('ALTER TABLE t ADD b text')"),
        Revision("2024_c", after="2024_b", up=allowed, down="op.execute('ALTER TABLE t ADD n numeric')"),
        toml=toml,
    )
    found = {id_: [one for one in hazards(checked.revision(id_)) if one[0].startswith("d")] for id_ in checked.ids}
    assert {id_: [one[:2] for one in ones] for id_, ones in found.items()} == {
        "b2": [("drop-column", "error")],
        "2024_b": [("drop-column", "warning")],
        "2024_c": [],
    }, checked.err
    assert hazards(checked.revision("2024_c"), "suppressed") == []
    assert "unused-suppression" not in checked.document["summary"]["hazards"]
    assert checked.code == 1


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("severity.drop-colum = 'off'", "'severity.drop-colum': there is no such hazard; did you mean drop-column?"),
        ("severity.drop-column = 'bad'", "'severity.drop-column': Input should be 'error', 'warning' or 'off'"),
        (
            "overrides = [{ paths = ['a'], severity = { zzz = 'off' } }]",
            "'overrides.0.severity.zzz': there is no such hazard; midflight explain lists them all",
        ),
        ("overrides = [{ paths = [], severity = {} }]", "'overrides.0.paths': Tuple should have at least 1 item"),
        ("overrides = [{ path = 'a', severity = {} }]", "'overrides.0.paths': Field required"),
    ],
)
def test_a_wrong_severity_is_a_wrong_setting(tmp_path: Path, toml: str, said: str) -> None:
    write_project(tmp_path, TABLE, toml=f"[tool.midflight]\n{toml}\n")
    checked = run_check(tmp_path)
    assert (checked.code, checked.out) == (2, "")
    assert f"error: setting {said}" in checked.err
