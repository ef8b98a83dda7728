from __future__ import annotations

import pytest

from midflight.report.visible import Size, excerpt, one_line, visible

SIZE = Size(lines=3, characters=50)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ntext", "plain\ntext"),
        ("a\tb", "a    b"),
        ("a\r\nb", "a\nb"),
        ("a\rb", r"a\rb"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\x00\x7f\x9b", r"\x00\x7f\x9b"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("a\u2028b", r"a\u2028b"),
        ("file\udcff", r"file\udcff"),
        ("naïve 表 é", "naïve 表 é"),
    ],
)
def test_control_characters_are_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_one_line_is_one_line() -> None:
    assert one_line("  a\n\n b\t\x1b c ") == r"a b \x1b c"


def test_excerpt_takes_away_the_common_indent_only() -> None:
    assert excerpt("\n\n    SELECT 1\n      FROM t\n    ", SIZE) == "SELECT 1\n  FROM t"


def test_excerpt_counts_the_lines_left_out() -> None:
    assert excerpt("a\nb\nc\nd", SIZE) == "a\nb\nc\n... (1 more line)"
    assert excerpt("a\nb\nc", SIZE) == "a\nb\nc"


def test_excerpt_counts_the_characters_of_a_long_line() -> None:
    assert excerpt("x" * 1234, SIZE) == "x" * 50 + "\n... (1,234 characters in all)"
    assert excerpt("x" * 50, SIZE) == "x" * 50


def test_excerpt_of_nothing() -> None:
    assert excerpt("", SIZE) == ""
    assert excerpt(" \n\t\n ", SIZE) == ""
