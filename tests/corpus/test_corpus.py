"""The labelled corpus is well-formed, covers every hazard, and is counted as its page says."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from bench.verdicts import squawk, zdm
from bench.verdicts.case import PRODUCTION, Case, CorpusError, read_corpus
from bench.verdicts.project import revision_text
from bench.verdicts.said import Said, translated, without
from bench.verdicts.score import Score, disagreements, is_right, score

from midflight import sql
from midflight.registry import BUILT_IN_HAZARDS, HISTORY_HAZARDS

if TYPE_CHECKING:
    from pathlib import Path

CASES = read_corpus()
OF_STATEMENTS = {hazard.id for hazard in BUILT_IN_HAZARDS}
KNOWN = OF_STATEMENTS | {hazard.id for hazard in HISTORY_HAZARDS}


def test_there_are_enough_of_each_kind() -> None:
    assert len(CASES) >= 150
    forms, verdicts = Counter(case.form for case in CASES), Counter(case.verdict for case in CASES)
    assert min(forms.values()) >= 60
    assert min(verdicts[verdict] for verdict in ("dangerous", "look-alike")) >= 100
    assert verdicts["safe"] >= 30


def test_each_case_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(case.id for case in CASES).items() if count > 1] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_label_is_complete(case: Case) -> None:
    assert KNOWN.issuperset(case.hazards)
    assert case.why.endswith(".")
    assert all(part.strip() for part in case.parts)


@pytest.mark.parametrize("hazard", sorted(OF_STATEMENTS))
def test_every_hazard_is_covered_from_both_sides(hazard: str) -> None:
    about = [case for case in CASES if hazard in case.hazards]
    assert sum(case.is_dangerous for case in about) >= 2
    assert sum(not case.is_dangerous for case in about) >= 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_can_be_read(case: Case) -> None:
    if case.form == "alembic":
        compile(revision_text(case), case.id, "exec")
    else:
        assert all(sql.split(part) for part in case.parts)


def test_production_can_be_read() -> None:
    assert not any(sql.parse(piece.text).opaque for piece in sql.split(PRODUCTION.read_text()))


def test_no_case_is_an_example_of_a_hazard() -> None:
    examples = {_plain(example.revision) for hazard in BUILT_IN_HAZARDS for example in hazard.dangerous + hazard.safe}
    assert [case.id for case in CASES if examples.intersection(map(_plain, case.parts))] == []


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


@pytest.mark.parametrize("meanings", [squawk.MEANINGS, zdm.MEANINGS], ids=["squawk", "zdm"])
def test_what_the_rules_of_a_rival_mean_is_known(meanings: dict[str, tuple[str, ...]]) -> None:
    assert KNOWN.issuperset(hazard for hazards in meanings.values() for hazard in hazards)


@pytest.mark.parametrize(
    "text",
    [
        "-- case: a\nSELECT 1;\n",
        "-- case: a\n-- dangerous: truncate\nTRUNCATE t;\n",
        "-- case: a\n-- dangerous: truncate\n-- safe: truncate\n-- why: No.\nTRUNCATE t;\n",
    ],
)
def test_a_case_without_a_label_or_a_reason_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "group.sql").write_text(text)
    with pytest.raises(CorpusError, match=r"group\.sql: a: "):
        read_corpus(tmp_path)


def test_both_forms_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(
        "-- case: one two\n-- safe: cluster\n-- why: No.\n-- from: 17\nX;\n-- next file\nY;\n"
    )
    (tmp_path / "b.py").write_text(
        'from alembic import op\n\n\ndef one_two() -> None:\n    """dangerous: truncate | cluster\n\n    Yes,\n'
        '    it is.\n    """\n    if True:\n        op.f("x")\n'
    )
    first, second = read_corpus(tmp_path)
    assert first == Case("a", "one two", "sql", "safe", ("cluster",), "No.", ("X;\n", "Y;\n"), since=17)
    assert second == Case(
        *("b", "one two", "alembic", "dangerous", ("truncate", "cluster"), "Yes, it is."),
        ('if True:\n    op.f("x")',),
        preamble="from alembic import op",
    )


DANGEROUS = Case("g", "d", "sql", "dangerous", ("truncate", "cluster"), "", ("x",))
HARMLESS = Case("g", "h", "sql", "look-alike", ("truncate",), "", ("x",))
RIGHT, OTHER, NOTHING = (
    Said(("r",), frozenset({"cluster", "truncate"})),
    Said(("o",), frozenset({"drop-table"})),
    Said(),
)


@pytest.mark.parametrize(
    ("of_dangerous", "of_harmless", "expected"),
    [
        (RIGHT, NOTHING, Score(1, 1, 1, 1, 0, 0)),
        (OTHER, OTHER, Score(1, 0, 1, 1, 0, 1)),
        (NOTHING, RIGHT, Score(1, 0, 0, 1, 1, 1)),
    ],
)
def test_what_counts(of_dangerous: Said, of_harmless: Said, expected: Score) -> None:
    assert score([DANGEROUS, HARMLESS], {DANGEROUS.id: of_dangerous, HARMLESS.id: of_harmless}) == expected


def test_a_case_that_was_not_offered_counts_for_nothing() -> None:
    assert score([DANGEROUS, HARMLESS], {DANGEROUS.id: RIGHT}) == Score(1, 1, 1, 0, 0, 0)


def test_a_disagreement_is_one_of_right_and_wrong() -> None:
    ours, rival = {DANGEROUS.id: RIGHT, HARMLESS.id: NOTHING}, {DANGEROUS.id: OTHER, HARMLESS.id: NOTHING}
    (found,) = disagreements([DANGEROUS, HARMLESS], {"ours": ours, "rival": rival})
    assert found.case is DANGEROUS
    assert is_right(DANGEROUS, RIGHT)
    assert not is_right(DANGEROUS, OTHER)


def test_the_rules_of_a_rival_are_translated() -> None:
    meanings = {"a": ("truncate", "cluster"), "b-lock-timeout": ("no-lock-timeout",)}
    found = translated({"a", "b-lock-timeout", "style"}, meanings, frozenset({"style"}))
    assert found == Said(("a", "b-lock-timeout"), frozenset({"truncate", "cluster", "no-lock-timeout"}))
    assert without(found, "lock-timeout") == Said(("a",), frozenset({"truncate", "cluster"}))
    with pytest.raises(KeyError):
        translated({"new"}, meanings, frozenset())
