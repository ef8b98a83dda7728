"""Operations on columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operations.cycle import Case, run_operation_cycle

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Stage

ORDERS = """
CREATE TABLE orders (id int PRIMARY KEY, total int, note varchar(20) DEFAULT 'none');
INSERT INTO orders SELECT i, i FROM generate_series(1, 1000) AS i
"""

CASES = (
    Case(
        "set_not_null",
        setup=ORDERS,
        up='op.set_not_null("orders", "total")',
        down='op.drop_not_null("orders", "total")',
        effect="SELECT attnotnull FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'total'",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_operation_on_columns_goes_its_whole_cycle(stage: Stage, tmp_path: Path, case: Case) -> None:
    run_operation_cycle(stage, tmp_path, case)
