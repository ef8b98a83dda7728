"""Changes of columns in phases: each phase of each change, forward and back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from operations.cycle import Case, recorded, run_operation_cycle

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Stage

USERS = """
CREATE TABLE companies (id int PRIMARY KEY, code varchar(8) UNIQUE);
CREATE TABLE users (
    id int PRIMARY KEY, name varchar(40) COLLATE "C" NOT NULL DEFAULT 'nobody', company varchar(8),
    CONSTRAINT users_name_key UNIQUE (name), CONSTRAINT short CHECK (length(name) < 30)
);
CREATE INDEX ix_users_name ON users (name);
CREATE INDEX users_lower ON users (lower(name)) WHERE name <> 'nobody';
CREATE INDEX users_both ON users (company, name DESC);
CREATE UNIQUE INDEX users_once ON users (coalesce(name, ''));
CREATE UNIQUE INDEX users_nulls ON users (name) NULLS NOT DISTINCT;
GRANT SELECT (name), UPDATE (name) ON users TO PUBLIC;
COMMENT ON COLUMN users.name IS 'how they are called';
INSERT INTO companies SELECT i, i FROM generate_series(1, 10) AS i;
INSERT INTO users SELECT i, 'user ' || i, i % 10 + 1 FROM generate_series(1, 1000) AS i
"""
KEYED = """
CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY CONSTRAINT users_pkey PRIMARY KEY, n int);
CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL CONSTRAINT orders_user REFERENCES users);
INSERT INTO users (n) SELECT i FROM generate_series(1, 500) AS i;
INSERT INTO orders SELECT i, i FROM generate_series(1, 500) AS i
"""
COUNTED = """
CREATE TABLE events (id serial, day date NOT NULL) PARTITION BY RANGE (day);

CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE INDEX events_1_ix_events_id ON events_1 (id);
CREATE INDEX events_2_ix_events_id ON events_2 (id);
CREATE INDEX ix_events_id ON events (id);
INSERT INTO events (day) SELECT '2026-01-01'::date + i % 50 FROM generate_series(1, 500) AS i
"""
MADE_OF_TWO = """
CREATE TABLE users (id int PRIMARY KEY, first text, last text);
INSERT INTO users SELECT i, 'user', i::text FROM generate_series(1, 1000) AS i
"""
MADE_OF_ONE = """
CREATE TABLE users (id int PRIMARY KEY, name text);
INSERT INTO users SELECT i, 'user ' || i FROM generate_series(1, 1000) AS i
"""
SPLIT = """op.split_column("users", "name", {
    "first": (sa.Text, "split_part(name, ' ', 1)"), "last": ("text", "split_part(name, ' ', 2)")
}, back="concat_ws(' ', first, last)", existing_type=sa.Text, PHASE)"""
MERGE = """op.merge_columns("users", {
    "first": "split_part(name, ' ', 1)", "last": "split_part(name, ' ', 2)"
}, "name", sa.Text, "concat_ws(' ', first, last)", existing_types={"first": "text", "last": sa.Text}, PHASE)"""
TRIGGERS = "SELECT count(*) = {0} FROM pg_trigger WHERE tgrelid = '{1}'::regclass AND tgname LIKE 'zzz%'"


def column(table: str, name: str) -> str:
    return (
        "EXISTS (SELECT FROM pg_attribute WHERE NOT attisdropped AND attrelid = "
        f"'{table}'::regclass AND attname = '{name}')"
    )


def phases(name: str, setup: str, call: str, filled: str, columns: tuple[str, str]) -> tuple[Case, ...]:
    """The cases of the three phases; the setups of the later ones are still to be recorded."""
    old, new = columns
    table = call.split('"')[1]

    def case(phase: str, effect: str) -> Case:
        forward, back = call.replace("PHASE", f'phase="{phase}"'), call.replace("PHASE", f'phase="{phase}", undo=True')
        return Case(f"{name}_{phase}", setup, forward, back, effect, offline=False, reorders=phase == "contract")

    there, gone = f"SELECT {column(table, new)} AND ({TRIGGERS.format(4, table)})", f"NOT {column(table, old)}"
    return (
        case("expand", there),
        case("migrate", f"SELECT ({filled}) AND (SELECT state = 'finished' FROM midflight.backfill)"),
        case("contract", f"SELECT {gone} AND ({TRIGGERS.format(0, table)})"),
    )


RENAME = 'op.rename_column("users", "name", "full_name", PHASE)'
CASES = (
    *phases("rename_column", USERS, RENAME, "SELECT bool_and(full_name = name) FROM users", ("name", "full_name")),
    *phases(
        "rename_key",
        KEYED,
        'op.rename_column("users", "id", "user_id", PHASE)',
        "SELECT bool_and(user_id = id) FROM users",
        ("id", "user_id"),
    ),
    *phases(
        "rename_reference",
        KEYED,
        'op.rename_column("orders", "user_id", "buyer_id", PHASE)',
        "SELECT bool_and(buyer_id = user_id) FROM orders",
        ("user_id", "buyer_id"),
    ),
    *phases(
        "rename_partitioned",
        COUNTED,
        'op.rename_column("events", "id", "number", PHASE)',
        "SELECT bool_and(number = id) FROM events",
        ("id", "number"),
    ),
    *phases("split_column", MADE_OF_ONE, SPLIT, "SELECT bool_and(last = id::text) FROM users", ("name", "first")),
    *phases("merge_columns", MADE_OF_TWO, MERGE, "SELECT bool_and(name = 'user ' || id) FROM users", ("first", "name")),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_phase_forward_back_and_resumed(stage: Stage, tmp_path: Path, case: Case) -> None:
    cases = {one.name: one for one in CASES}
    name, _, phase = case.name.rpartition("_")
    earlier = {"expand": (), "migrate": ("expand",), "contract": ("expand", "migrate")}[phase]
    ups = [cases[f"{name}_{one}"].up for one in earlier]
    run_operation_cycle(stage, tmp_path, replace(case, setup=recorded(stage, tmp_path, case.setup, *ups)))
