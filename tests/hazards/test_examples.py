"""Every example of every hazard, by the grammar alone; and what a new hazard must not forget."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from midflight import hazards, sql
from midflight.hazards.hazard import Example, Hazard
from midflight.hazards.judge import judge
from midflight.hazards.learning import facts_of
from midflight.hazards.looking import look_at_text
from midflight.registry import BUILT_IN_HAZARDS, HISTORY_HAZARDS

MODULES = [
    importlib.import_module(f"{hazards.__name__}.{found.name}") for found in pkgutil.iter_modules(hazards.__path__)
]
WRITTEN = {module.__name__.rpartition(".")[2]: module.HAZARD for module in MODULES if hasattr(module, "HAZARD")}

DANGEROUS = [(hazard, example) for hazard in BUILT_IN_HAZARDS for example in hazard.dangerous]
SAFE = [(hazard, example) for hazard in BUILT_IN_HAZARDS for example in hazard.safe]


def name(value: object) -> str:
    return value.id if isinstance(value, Hazard) else ""


def found_by_grammar(example: Example) -> set[str]:
    setup = facts_of(sql.parse(piece.text) for piece in sql.split(example.setup))
    sights = look_at_text(sql.split(example.revision), setup, autocommit=example.autocommit)
    return {finding.hazard for finding in judge(sights, BUILT_IN_HAZARDS)}


@pytest.mark.parametrize(("hazard", "example"), DANGEROUS, ids=name)
def test_a_dangerous_example_is_seen_by_its_hazard_and_no_other(hazard: Hazard, example: Example) -> None:
    assert found_by_grammar(example) == {hazard.id, *example.also}


@pytest.mark.parametrize(("hazard", "example"), SAFE, ids=name)
def test_a_safe_example_is_seen_by_none(hazard: Hazard, example: Example) -> None:
    assert found_by_grammar(example) == set(example.also), hazard.id


@pytest.mark.parametrize(("hazard", "example"), DANGEROUS + SAFE, ids=name)
def test_the_grammar_reads_each_example(hazard: Hazard, example: Example) -> None:
    statements = [sql.parse(piece.text) for text in (example.setup, example.revision) for piece in sql.split(text)]
    assert statements, hazard.id
    opaque = any(statement.opaque for statement in statements)
    assert opaque == (hazard.id == "opaque-sql" and example in hazard.dangerous)


def test_every_hazard_is_registered_once() -> None:
    registered = [hazard.id for hazard in BUILT_IN_HAZARDS] + [hazard.id for hazard in HISTORY_HAZARDS]
    assert sorted(registered) == sorted(hazard.id for hazard in WRITTEN.values())


@pytest.mark.parametrize("file", WRITTEN)
def test_a_hazard_is_called_as_its_file(file: str) -> None:
    assert WRITTEN[file].id == file.replace("_", "-")


@pytest.mark.parametrize("hazard", BUILT_IN_HAZARDS, ids=name)
def test_a_hazard_has_all_that_people_read(hazard: Hazard) -> None:
    assert hazard.dangerous
    assert hazard.safe
    assert hazard.title
    assert hazard.effect.endswith(".")
    assert hazard.safe_form.endswith(".")
    assert hazard.source_url.startswith("https://www.postgresql.org/docs/current/")


@pytest.mark.parametrize("hazard", BUILT_IN_HAZARDS, ids=name)
def test_an_example_names_only_hazards_that_there_are(hazard: Hazard) -> None:
    known = {each.id for each in BUILT_IN_HAZARDS}
    assert all(known.issuperset(example.also) for example in hazard.dangerous + hazard.safe)
