"""What a change of type in phases refuses, before the first statement, and with all reasons at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from midflight.errors import MidflightError
from operations.cycle import Case, applied, script, write

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Stage

ORDERS = """
CREATE TABLE orders (id int PRIMARY KEY, total int, code text DEFAULT 'x');
INSERT INTO orders SELECT i, i FROM generate_series(1, 500) AS i;
"""
TO_BIGINT = '"orders", "{}", sa.BigInteger(), existing_type=sa.Integer()'
ALL_PHASES = "\n".join(
    f'op.change_type({TO_BIGINT.format("id")}, phase="{phase}")' for phase in ("expand", "migrate", "contract")
)
REFUSED = (
    ("CREATE VIEW v AS SELECT id FROM orders", "view v uses orders.id"),
    ("CREATE MATERIALIZED VIEW v AS SELECT id + 1 AS n FROM orders", "materialized view v uses orders.id"),
    (
        "CREATE RULE r AS ON UPDATE TO orders WHERE new.id = 1 DO INSTEAD NOTHING",
        "rule r on table orders uses orders.id",
    ),
    ("CREATE POLICY p ON orders USING (id > 0)", "policy p on table orders uses orders.id"),
    ("ALTER TABLE orders ADD double int GENERATED ALWAYS AS (id * 2) STORED", "double of table orders uses orders.id"),
    ("CREATE PUBLICATION p FOR TABLE orders (id)", "publication of table orders in publication p uses orders.id"),
    (
        "CREATE FUNCTION f() RETURNS bigint BEGIN ATOMIC SELECT max(id) FROM orders; END",
        "function f() uses orders.id",
    ),
    (
        """
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
        CREATE TRIGGER t BEFORE UPDATE OF id ON orders FOR EACH ROW EXECUTE FUNCTION f()
        """,
        "trigger t on table orders uses orders.id",
    ),
    (
        "ALTER TABLE orders ADD CONSTRAINT one UNIQUE (total, id) DEFERRABLE",
        "the unique one of orders is deferrable",
    ),
    ("ALTER TABLE orders ADD id__new text", "orders has a column id__new already, of another type"),
    ("CREATE TABLE more () INHERITS (orders)", "orders inherits from another table, or another from it"),
    (
        "CREATE TABLE lines (order_id int REFERENCES orders) PARTITION BY LIST (order_id)",
        "lines is a partitioned table",
    ),
)


def fails(stage: Stage, folder: Path, setup: str, up: str) -> MidflightError:
    write(folder, Case("one", setup="", up=up, down="pass", effect=""), "asyncpg")
    database = stage.clone(setup)
    before = stage.snapshot(database)
    try:
        with pytest.raises(MidflightError) as raised:
            applied(folder, database)
        assert stage.snapshot(database) == before
    finally:
        stage.drop(database)
    return raised.value


@pytest.mark.parametrize(("setup", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
def test_what_cannot_go_along(stage: Stage, tmp_path: Path, setup: str, reason: str) -> None:
    error = fails(stage, tmp_path, ORDERS + setup, f'op.change_type({TO_BIGINT.format("id")}, phase="expand")')
    assert reason in str(error)


def test_all_reasons_at_once(stage: Stage, tmp_path: Path) -> None:
    setup = "CREATE VIEW v AS SELECT id FROM orders; CREATE POLICY p ON orders USING (id > 0)"
    error = fails(stage, tmp_path, ORDERS + setup, f'op.change_type({TO_BIGINT.format("id")}, phase="expand")')
    assert "view v uses orders.id" in str(error)
    assert "policy p on table orders uses orders.id" in str(error)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ('"orders", "code", sa.Integer()', 'column "code__new" is of type integer but expression is of type text'),
        ('"orders", "code", sa.Integer(), using="code::"', "cannot read"),
        ('"orders", "nothing", sa.Integer()', "there is no column nothing of orders"),
        ('"nothing", "id", sa.Integer()', "there is no column id of nothing"),
    ],
)
def test_what_has_no_meaning(stage: Stage, tmp_path: Path, call: str, reason: str) -> None:
    """The value is tried before there is a trigger: its failure would be that of every write."""
    error = fails(stage, tmp_path, ORDERS, f'op.change_type({call}, phase="expand")')
    assert reason in str(error)


def test_rows_that_are_not_all_filled(stage: Stage, tmp_path: Path) -> None:
    """The contract itself looks, whoever applies it."""
    first, _, contract = ALL_PHASES.rpartition("\n")
    pause = "op.execute(\"UPDATE midflight.backfill SET state = 'paused'\")"
    write(tmp_path, Case("one", setup="", up=f"{first}\n{pause}\n{contract}", down="pass", effect=""), "asyncpg")
    database = stage.clone(ORDERS)
    try:
        with pytest.raises(MidflightError, match="the backfill orders_id_id__new is paused"):
            applied(tmp_path, database)
        assert stage.value(database, "SELECT pg_typeof(id)::text FROM orders LIMIT 1") == "integer"
    finally:
        stage.drop(database)


@pytest.mark.parametrize("phase", ["migrate", "contract"])
def test_phases_in_their_order(stage: Stage, tmp_path: Path, phase: str) -> None:
    error = fails(stage, tmp_path, ORDERS, f'op.change_type({TO_BIGINT.format("id")}, phase="{phase}")')
    assert "no column of the new type stands beside orders.id" in str(error)


def test_a_foreign_key_that_has_come_since(stage: Stage, tmp_path: Path) -> None:
    first, _, contract = ALL_PHASES.rpartition("\n")
    table = 'op.execute("CREATE TABLE lines (order_id int REFERENCES orders)")'
    write(tmp_path, Case("one", setup="", up=f"{first}\n{table}\n{contract}", down="pass", effect=""), "asyncpg")
    database = stage.clone(ORDERS)
    try:
        with pytest.raises(MidflightError, match=r"no column of the new type stands beside lines\.order_id"):
            applied(tmp_path, database)
    finally:
        stage.drop(database)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("existing_type=sa.Integer(), row_limit=100", "about 500 rows, which would all be written anew"),
        ("", "the type until now is not told"),
    ],
)
def test_way_back_from_the_contract(stage: Stage, tmp_path: Path, options: str, reason: str) -> None:
    down = f'op.change_type("orders", "id", sa.BigInteger(), phase="contract", undo=True, {options})'
    write(tmp_path, Case("one", setup="", up=ALL_PHASES, down=down, effect=""), "asyncpg")
    database = stage.clone(ORDERS)
    try:
        applied(tmp_path, database)
        with pytest.raises(MidflightError) as raised:
            applied(tmp_path, database, down=True)
    finally:
        stage.drop(database)
    assert reason in str(raised.value)


def test_same_column_twice(stage: Stage, tmp_path: Path) -> None:
    """The backfill of the first change is finished; that of the second is another."""
    again = ALL_PHASES.replace("sa.BigInteger()", "sa.Numeric()")
    write(tmp_path, Case("one", setup="", up=f"{ALL_PHASES}\n{again}", down="pass", effect=""), "asyncpg")
    database = stage.clone(ORDERS.replace("total int", "total int REFERENCES orders"))
    try:
        applied(tmp_path, database)
        assert stage.value(database, "SELECT count(*) = 500 AND sum(total) = 125250::numeric FROM orders") is True
        assert stage.value(database, "SELECT pg_typeof(total)::text FROM orders LIMIT 1") == "numeric"
    finally:
        stage.drop(database)


def test_no_script(stage: Stage, tmp_path: Path) -> None:  # noqa: ARG001 - the server tells nothing
    write(tmp_path, Case("one", setup="", up=ALL_PHASES, down="pass", effect=""), "asyncpg")
    with pytest.raises(MidflightError, match="no script can be written"):
        script(tmp_path)
