"""Views and functions are alembic-utils' own business: its operations work under our runner as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operations.cycle import Case, run_operation_cycle

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Stage

ENTITIES = """
from alembic_utils.pg_function import PGFunction
from alembic_utils.pg_view import PGView

SMALL = PGView("public", "small", "SELECT id FROM t WHERE id < 10")
SMALLER = PGView("public", "small", "SELECT id FROM t WHERE id < 5")
DOUBLE = PGFunction("public", "double(i integer)", "RETURNS integer LANGUAGE sql AS $$ SELECT i * 2 $$")
"""
CASES = (
    Case(
        "replace_view_and_create_function",
        setup="CREATE TABLE t (id int); CREATE VIEW small AS SELECT id FROM t WHERE id < 10",
        before=ENTITIES,
        up="op.replace_entity(SMALLER)\nop.create_entity(DOUBLE)",
        down="op.drop_entity(DOUBLE)\nop.replace_entity(SMALL)",
        effect="SELECT double(2) = 4 AND pg_get_viewdef('small'::regclass) LIKE '%id < 5%'",
        again=False,
    ),
    Case(
        "replace_view_beside_an_index",
        setup="CREATE TABLE t (id int); CREATE VIEW small AS SELECT id FROM t WHERE id < 10",
        before=ENTITIES,
        up="op.replace_entity(SMALLER)\nop.create_index('ix', 't', ['id'])",
        down="op.drop_index('ix')\nop.replace_entity(SMALL)",
        effect="SELECT pg_get_viewdef('small'::regclass) LIKE '%id < 5%'",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_entities_of_alembic_utils_go_their_whole_cycle(stage: Stage, tmp_path: Path, case: Case) -> None:
    run_operation_cycle(stage, tmp_path, case)
