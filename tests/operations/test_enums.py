"""Operations on enums, sequences and extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operations.cycle import Case, run_operation_cycle

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Stage

MOOD = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id int, mood mood); INSERT INTO t VALUES (1, 'ok')"
VALUES = "SELECT enum_range(NULL::mood)::text = '{}'"
NOTHING = 'op.execute("SELECT 1")'

CASES = (
    Case(
        "create_enum",
        setup="CREATE SCHEMA types",
        up='op.create_enum("mood", ["sad", "it\'s ok: 100%"], schema="types")',
        down='op.drop_enum("mood", schema="types")',
        effect="SELECT enum_range(NULL::types.mood)::text[] = ARRAY['sad', 'it''s ok: 100%']",
    ),
    Case(
        "add_enum_value",
        setup=MOOD,
        up='op.add_enum_value("mood", "so so", before="ok")\nop.add_enum_value("mood", "fine", after="ok")\n'
        "op.execute(\"INSERT INTO t VALUES (2, 'fine')\")",
        down=NOTHING,
        allowed=frozenset({"empty-downgrade"}),
        effect=VALUES.format('{sad,"so so",ok,fine}'),
        returns=False,
    ),
    Case(
        "rename_enum_value",
        setup=MOOD,
        up='op.rename_enum_value("mood", "ok", "fine")',
        down='op.rename_enum_value("mood", "fine", "ok")',
        effect=VALUES.format("{sad,fine}"),
    ),
    Case(
        "drop_enum",
        setup="CREATE TYPE mood AS ENUM ()",
        up='op.drop_enum("mood")',
        down='op.create_enum("mood", [])',
        effect="SELECT to_regtype('mood') IS NULL",
    ),
    Case(
        "create_sequence",
        setup="SELECT 1",
        up='op.create_sequence("numbers", data_type="integer", start=5, increment=5, minvalue=0, maxvalue=50, cache=2, '
        "cycle=True)",
        down='op.drop_sequence("numbers")',
        effect="SELECT seqincrement = 5 AND seqcycle FROM pg_sequence WHERE seqrelid = to_regclass('numbers')",
    ),
    Case(
        "create_extension",
        setup="CREATE SCHEMA extensions",
        up='op.create_extension("pg_trgm", schema="extensions")',
        down='op.drop_extension("pg_trgm")',
        effect="SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_operation_on_types_goes_its_whole_cycle(stage: Stage, tmp_path: Path, case: Case) -> None:
    run_operation_cycle(stage, tmp_path, case)
