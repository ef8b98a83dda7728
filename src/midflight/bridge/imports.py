"""What a revision imports of the application's models."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from sqlalchemy import MetaData, Table
from sqlalchemy.inspection import inspect
from sqlalchemy.orm import Mapper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LIBRARIES = frozenset({"alembic", "sqlalchemy", "sqlmodel"})
"""What they define is no model of an application, though a base class of theirs knows the tables of all models."""


@dataclass(frozen=True, slots=True)
class ImportedModel:
    """A mapped class, a table, or what knows all of them, that a revision takes from the application."""

    name: str
    """With its module, as the revision names it."""
    line: int


def imported_models(path: Path) -> tuple[ImportedModel, ...]:
    """Return what a revision's file imports of models, also inside of its functions, in the order of its lines.

    Only what is loaded is looked at: nothing is imported for it, so it tells the most after the revision was run.
    """
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ()
    imports = (found for node in ast.walk(tree) for found in _imports(node))
    models = (ImportedModel(name, line) for name, found, line in imports if _is_model(found))
    return tuple(sorted(models, key=lambda model: model.line))


def _imports(node: ast.AST) -> Iterator[tuple[str, object, int]]:
    """Yield what an import binds: its name, the object, its line."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name, sys.modules.get(alias.name), node.lineno
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            name = f"{node.module}.{alias.name}"
            yield name, getattr(sys.modules.get(node.module), alias.name, sys.modules.get(name)), node.lineno


def _is_model(found: object) -> bool:
    if isinstance(found, ModuleType):
        return _holds_models(found)
    return isinstance(found, Table) or _is_mapped(found) or _knows_tables(found)


def _holds_models(module: ModuleType) -> bool:
    """Tell whether mapped classes are defined in a module or in what belongs to it."""
    inside = f"{module.__name__}."
    return _is_of_application(module.__name__) and any(
        _is_mapped(value) and f"{value.__module__}.".startswith(inside) for value in list(vars(module).values())
    )


def _is_mapped(found: object) -> bool:
    return isinstance(found, type) and isinstance(inspect(found, raiseerr=False), Mapper)


def _knows_tables(found: object) -> bool:
    """Tell whether it is metadata, or a declarative base of the application, with all tables that there are today."""
    if isinstance(found, type) and not _is_of_application(found.__module__):
        return False
    metadata = found if isinstance(found, MetaData) else getattr(found, "metadata", None)
    return isinstance(metadata, MetaData) and bool(metadata.tables)


def _is_of_application(module: str) -> bool:
    return module.partition(".")[0] not in _LIBRARIES
