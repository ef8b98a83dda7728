"""Operations on partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operations.cycle import Case, run_operation_cycle

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Stage

DAYS = """
CREATE TABLE users (id int PRIMARY KEY);
INSERT INTO users SELECT generate_series(1, 3000);
CREATE TABLE days (id int NOT NULL, at timestamptz NOT NULL, user_id int REFERENCES users, PRIMARY KEY (id, at))
    PARTITION BY RANGE (at);
CREATE INDEX ix_user ON days (user_id) INCLUDE (id) WHERE user_id > 0;
CREATE INDEX ix_at ON days (date_part('day', at AT TIME ZONE 'UTC') DESC);
CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE days_2 (id int NOT NULL, at timestamptz NOT NULL, user_id int);
INSERT INTO days SELECT i, '2026-01-05', i FROM generate_series(1, 100) AS i;
INSERT INTO days_2 SELECT i, '2026-02-05', i FROM generate_series(1, 3000) AS i
"""
BOUND = "FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')"
ATTACHED = "SELECT relispartition FROM pg_class WHERE oid = '{}'::regclass"
DETACHED = "SELECT NOT relispartition FROM pg_class WHERE oid = '{}'::regclass"
LIST = """
CREATE TABLE t (a varchar(10), n int) PARTITION BY LIST (a);
CREATE TABLE t_ab (a varchar(10), n int);
INSERT INTO t_ab SELECT CASE i % 2 WHEN 0 THEN 'a' END, i FROM generate_series(1, 3000) AS i
"""
HASH = """
CREATE TABLE t (a int, b bigint) PARTITION BY HASH (a, b);
CREATE TABLE t_0 (a int, b bigint);
INSERT INTO t_0 SELECT i, i FROM generate_series(1, 8000) AS i
    WHERE satisfies_hash_partition('t'::regclass, 2, 0, i, i::bigint)
"""

CASES = (
    Case(
        "attach_partition",
        setup=DAYS,
        up=f'op.attach_partition("days", "days_2", "{BOUND}")',
        down='op.detach_partition("days", "days_2", concurrently=False)\nop.drop_constraint("days_2_days_pkey", "days_2")\n'
        'op.drop_constraint("days_user_id_fkey", "days_2")\nop.drop_index("days_2_ix_user")\nop.drop_index("days_2_ix_at")',
        effect=ATTACHED.format("days_2"),
        offline=False,
    ),
    Case(
        "attach_partition_of_list",
        setup=LIST,
        up='op.attach_partition("t", "t_ab", "FOR VALUES IN (\'a\', NULL, \'b\')")',
        down='op.detach_partition("t", "t_ab")',
        effect=ATTACHED.format("t_ab"),
        offline=False,
    ),
    Case(
        "attach_partition_of_hash",
        setup=HASH,
        up='op.attach_partition("t", "t_0", "FOR VALUES WITH (MODULUS 2, REMAINDER 0)")',
        down='op.detach_partition("t", "t_0")',
        effect=ATTACHED.format("t_0"),
        offline=False,
    ),
    Case(
        "detach_partition",
        setup=DAYS,
        up='op.detach_partition("days", "days_1")',
        down='op.attach_partition("days", "days_1", "FOR VALUES FROM (\'2026-01-01\') TO (\'2026-02-01\')")',
        effect=DETACHED.format("days_1"),
        offline=False,
    ),
    Case(
        "detach_partition_beside_a_default",
        setup=f"{DAYS}; CREATE TABLE days_rest PARTITION OF days DEFAULT",
        up='op.detach_partition("days", "days_1")',
        down='op.attach_partition("days", "days_1", "FOR VALUES FROM (\'2026-01-01\') TO (\'2026-02-01\')")',
        effect=DETACHED.format("days_1"),
        offline=False,
        allowed=frozenset({"default-partition-scans"}),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_operation_on_partitions_goes_its_whole_cycle(stage: Stage, tmp_path: Path, case: Case) -> None:
    run_operation_cycle(stage, tmp_path, case)
