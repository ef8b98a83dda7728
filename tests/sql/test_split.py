from __future__ import annotations

import pytest

from midflight.errors import SqlSyntaxError
from midflight.sql.positions import line_and_column
from midflight.sql.split import split


def texts(sql: str) -> list[str]:
    return [piece.text for piece in split(sql)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("", []),
        (" ;; ; -- nothing\n/* at all */", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1; SELECT 2;", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';', \";\", $$;$$, $x$;$$;$x$ /* ; */ -- ;\n; SELECT 2", None),
        ("SELECT 1 -- trailing", ["SELECT 1"]),
        (
            "SELECT 1 /* before the semicolon */ ; /* after */ SELECT /* within */ 2",
            ["SELECT 1", "SELECT /* within */ 2"],
        ),
        ("-- SELECT 0;\nSELECT 1", ["SELECT 1"]),
        ("/* a /* nested; */ one */ SELECT 1", ["SELECT 1"]),
        ("SELECT E'\\';'; SELECT 2", ["SELECT E'\\';'", "SELECT 2"]),
        ("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3", None),
        ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3", None),
    ],
)
def test_splits_where_postgresql_does(sql: str, expected: list[str] | None) -> None:
    if expected is None:
        assert len(split(sql)) == 2
    else:
        assert texts(sql) == expected


def test_a_statement_stands_where_its_first_token_does() -> None:
    sql = "-- SELECT 2\n\nSELECT 1;\r\n-- SELECT 2;\r\n  /* é */ SELECT 2\r\n;\nSELECT 'ünï', '🐘'; SELECT 3"
    pieces = split(sql)
    assert [(piece.line, piece.text) for piece in pieces] == [
        (3, "SELECT 1"),
        (5, "SELECT 2"),
        (7, "SELECT 'ünï', '🐘'"),
        (7, "SELECT 3"),
    ]
    assert all(sql[piece.offset :].startswith(piece.text) for piece in pieces)


def test_a_byte_order_mark_is_left_out_and_offsets_stay() -> None:
    (piece,) = split("\ufeffSELECT 1;")
    assert (piece.text, piece.offset, piece.line) == ("SELECT 1", 1, 1)


def test_meta_commands_of_pg_dump_are_left_out() -> None:
    sql = "\\restrict a'b\n\nSET x = 1;\n  \\connect shop\n\\set ON_ERROR_STOP on\nSELECT 1;\n\\unrestrict a'b\n"
    assert [(piece.text, piece.line) for piece in split(sql)] == [("SET x = 1", 3), ("SELECT 1", 6)]


@pytest.mark.parametrize(
    "quoted", ["'\n\\connect x\n'", "$$\n\\connect x\n$$", '"\n\\connect x\n"', "1 /*\n\\connect x\n*/ + 1"]
)
def test_what_looks_like_a_meta_command_in_a_string_is_kept(quoted: str) -> None:
    assert texts(f"SELECT {quoted}; SELECT 2")[0] == f"SELECT {quoted}"


@pytest.mark.parametrize("meta", ["\\i other.sql", "\\if :x", "\\copy t from f", "\\gexec", "\\."])
def test_a_meta_command_that_changes_what_is_run_is_refused(meta: str) -> None:
    with pytest.raises(SqlSyntaxError, match="psql") as caught:
        split(f"SELECT 1;\n{meta}\n")
    assert caught.value.position == 10


@pytest.mark.parametrize("copy", ["COPY t (a, b) FROM stdin;", "copy public.t\n  from STDIN WITH (FORMAT csv);"])
def test_data_blocks_are_refused_in_plain_words(copy: str) -> None:
    with pytest.raises(SqlSyntaxError, match="schema-only") as caught:
        split(f"SELECT 1;\n{copy}\n1\tit's\n\\.\nSELECT 2;")
    assert caught.value.position == 10


def test_copy_from_a_file_or_in_a_string_is_no_data_block() -> None:
    sql = "COPY t FROM '/f'; COPY t TO stdout; SELECT '\ncopy t from stdin'"
    assert len(split(sql)) == 3


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("SELECT 1;\nSELEC 2;", (2, 1)),
        ("SELECT 'é🐘é' FROM t;\nSELECT 'é' FORM t u;", (2, 17)),
        ("SELECT (", (1, 9)),
        ("SELECT 1;\nSELECT 'open", (2, 8)),
        ("SELECT $$ open", (1, 8)),
        ("SELECT 1; /* open", (1, 11)),
        ("SELECT 1; \0 SELECT 2", (1, 11)),
        ("SELECT 1; '\ud800'", (1, 12)),
    ],
)
def test_a_syntax_error_tells_its_place(sql: str, place: tuple[int, int]) -> None:
    with pytest.raises(SqlSyntaxError) as caught:
        split(sql)
    assert line_and_column(sql, caught.value.position) == place


def test_ten_thousand_nested_brackets_are_an_error_and_no_crash() -> None:
    with pytest.raises(SqlSyntaxError):
        split("SELECT " + "(" * 100_000 + "1" + ")" * 100_000)


def test_an_expression_of_thousands_of_terms_is_split() -> None:
    long = "SELECT " + " + ".join("1" for _ in range(3000))
    assert texts(f"{long}; SELECT 2") == [long, "SELECT 2"]
