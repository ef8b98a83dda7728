from __future__ import annotations

import pytest

from midflight.sql.changes import Delete, Update
from midflight.sql.parse import parse
from midflight.sql.where import Where


def where(condition: str, *, sources: str = "", before: str = "") -> Where:
    (change,) = parse(f"{before} UPDATE t SET x = 1 {sources} WHERE {condition}").changes
    assert isinstance(change, Update)
    assert change.where is not None
    return change.where


def pinned(*columns: str) -> Where:
    return Where(pinned=frozenset(columns))


def limited(*columns: str) -> Where:
    return Where(limited=frozenset(columns))


def ranged(*columns: str) -> Where:
    return Where(ranged=frozenset(columns))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a = 1", pinned("a")),
        ("1 = a", pinned("a")),
        ("t.a = $1", pinned("a")),
        ("public.t.a = $1", pinned("a")),
        ("a = 'x'::uuid", pinned("a")),
        ("a::text = 'x'", pinned("a")),
        ("a = lower($1)", pinned("a")),
        ("a IN (1, 2, $3)", pinned("a")),
        ("a = ANY($1::int[])", pinned("a")),
        ("a IN (VALUES (1), (2))", pinned("a")),
        ("a IS NOT DISTINCT FROM 1", pinned("a")),
        ("a = (SELECT max(a) FROM u)", pinned("a")),
        ("a = (SELECT b FROM u WHERE u.id = t.id)", Where()),
        ("(a, b) = (1, 2)", pinned("a", "b")),
        ("(a, b) IN ((1, 2), (3, 4))", pinned("a", "b")),
        ("a = 1 AND (b = 2 AND c > 3)", pinned("a", "b")),
        ("a = 1 OR a = 2", pinned("a")),
        ("a = 1 AND b = 2 OR a = 3", pinned("a")),
        ("a = 1 OR b = 2", Where()),
        ("NOT (a = 1)", Where()),
        ("a <> 1", Where()),
        ("a = b", Where()),
        ("a = lower(b)", Where()),
        ("a NOT IN (1, 2)", Where()),
        ("a IS NULL", Where()),
        ("a LIKE 'x%'", Where()),
        ("u.a = 1", Where()),
        ("true", Where()),
        ("a <> ALL($1)", Where()),
        ("a > ANY($1)", Where()),
        ("EXISTS (SELECT 1 FROM u WHERE u.a = t.a)", Where()),
        ("a BETWEEN 1 AND $2", ranged("a")),
        ("a >= 1 AND a < 100", ranged("a")),
        ("1 <= a AND 100 > a", ranged("a")),
        ("a > 1 AND a <= 1 + 1000", ranged("a")),
        ("a > 1", Where()),
        ("a >= 1 AND b < 100", Where()),
        ("a NOT BETWEEN 1 AND 2", Where()),
        ("a BETWEEN b AND 100", Where()),
        ("a IN (SELECT a FROM t WHERE b IS NULL LIMIT 1000)", limited("a")),
        ("ctid IN (SELECT ctid FROM t LIMIT $1 FOR UPDATE SKIP LOCKED)", limited("ctid")),
        ("ctid = ANY(ARRAY(SELECT ctid FROM t LIMIT 10))", limited("ctid")),
        ("ctid = ANY(ARRAY(SELECT ctid FROM t))", Where()),
        ("a = ANY(SELECT a FROM t FETCH FIRST 10 ROWS ONLY)", limited("a")),
        ("a IN (SELECT a FROM t)", Where()),
        ("a IN (SELECT a FROM t LIMIT ALL)", Where()),
        ("a IN (SELECT a FROM t LIMIT NULL)", Where()),
        ("a NOT IN (SELECT a FROM t LIMIT 10)", Where()),
        ("a IN (SELECT a FROM (SELECT a FROM t LIMIT 10) AS few)", limited("a")),
        ("CURRENT OF c", Where(current_of=True)),
    ],
)
def test_a_condition_binds_columns(condition: str, expected: Where) -> None:
    assert where(condition) == expected


@pytest.mark.parametrize(
    ("sources", "condition", "expected"),
    [
        ("FROM (VALUES (1, 2)) AS v (a, x)", "t.a = v.a", pinned("a")),
        ("FROM unnest($1::int[]) AS v (a)", "v.a = t.a", pinned("a")),
        ("FROM (SELECT a FROM t LIMIT 5) AS v", "t.a = v.a", limited("a")),
        ("FROM u", "t.a = u.a", Where()),
        ("FROM u", "t.a = u.a AND u.b = 1", Where()),
        ("FROM generate_series(1, 1000000) AS v (a)", "t.a = v.a", Where()),
        ("FROM (SELECT a FROM u) AS v", "t.a = v.a", Where()),
    ],
)
def test_a_join_with_few_rows_binds_columns(sources: str, condition: str, expected: Where) -> None:
    assert where(condition, sources=sources) == expected


@pytest.mark.parametrize("condition", ["a IN (SELECT a FROM batch)", "a IN (SELECT b.a FROM batch b)"])
def test_a_batch_in_a_with_clause_binds_columns(condition: str) -> None:
    before = "WITH batch AS (SELECT a FROM t WHERE x IS NULL ORDER BY a LIMIT 1000 FOR UPDATE SKIP LOCKED)"
    assert where(condition, before=before) == limited("a")
    assert where("t.a = batch.a", before=before, sources="FROM batch") == limited("a")
    assert where("t.a = b.a", before=before, sources="FROM batch AS b") == limited("a")
    assert where("t.a = b.a", before=before, sources="FROM elsewhere.batch AS b") == Where()


def test_a_with_clause_without_limit_binds_nothing() -> None:
    assert where("a IN (SELECT a FROM many)", before="WITH many AS (SELECT a FROM t)") == Where()


def test_the_alias_of_the_target_is_its_name() -> None:
    (change,) = parse("DELETE FROM t AS d USING u WHERE d.a = 1 AND u.b = 2 AND t.c = 3").changes
    assert isinstance(change, Delete)
    assert change.where == pinned("a")
