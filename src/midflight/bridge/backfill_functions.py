"""Finds the functions that backfills name: in the project's revisions, else in modules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from midflight.backfill.functions import OF_REVISION, checked, load_function
from midflight.bridge.explaining import explaining
from midflight.errors import ProjectError

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

    from midflight.backfill.changing import BatchFunction


def function_of(script: ScriptDirectory, reference: str) -> BatchFunction:
    """Return what ``revision:<id>:<name>`` or ``module:<name>`` names.

    Raises:
        ProjectError: where there is no such revision or function.
    """
    kind, _, rest = reference.partition(":")
    if kind != OF_REVISION:
        return load_function(reference)
    identifier, _, name = rest.partition(":")
    with explaining(Path(script.dir)):
        module = script.get_revision(identifier).module
    found = getattr(module, name, None)
    if found is None:
        raise ProjectError(f"{module.__file__}: there is no function {name}, which a backfill needs")
    return checked(found, reference)
