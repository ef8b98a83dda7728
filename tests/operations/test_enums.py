"""Operations on enums, sequences and extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operations.cycle import Case, run_operation_cycle

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Stage

MOOD = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id int, mood mood); INSERT INTO t VALUES (1, 'ok')"
CASES = (
    Case(
        "types_sequences_and_extensions",
        setup=f"CREATE SCHEMA types; CREATE TYPE nothing AS ENUM (); {MOOD}",
        up='op.create_enum("mood", ["sad", "it\'s ok: 100%"], schema="types")\n'
        'op.rename_enum_value("mood", "ok", "fine")\n'
        'op.drop_enum("nothing")\n'
        'op.create_sequence("numbers", data_type="integer", start=5, increment=5, minvalue=0, maxvalue=50, cache=2, '
        "cycle=True)\n"
        'op.create_extension("pg_trgm", schema="types")',
        down='op.drop_extension("pg_trgm")\n'
        'op.drop_sequence("numbers")\n'
        'op.create_enum("nothing", [])\n'
        'op.rename_enum_value("mood", "fine", "ok")\n'
        'op.drop_enum("mood", schema="types")',
        effect="SELECT enum_range(NULL::types.mood)::text[] = ARRAY['sad', 'it''s ok: 100%'] "
        "AND enum_range(NULL::mood)::text = '{sad,fine}' AND to_regtype('nothing') IS NULL "
        "AND (SELECT seqincrement = 5 AND seqcycle FROM pg_sequence WHERE seqrelid = to_regclass('numbers')) "
        "AND EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')",
    ),
    Case(
        "add_enum_value",
        setup=MOOD,
        up='op.add_enum_value("mood", "so so", before="ok")\nop.add_enum_value("mood", "fine", after="ok")\n'
        "op.execute(\"INSERT INTO t VALUES (2, 'fine')\")",
        down='op.execute("SELECT 1")',
        effect="SELECT enum_range(NULL::mood)::text = '{sad,\"so so\",ok,fine}'",
        returns=False,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_operation_on_types_goes_its_whole_cycle(stage: Stage, tmp_path: Path, case: Case) -> None:
    run_operation_cycle(stage, tmp_path, case)
