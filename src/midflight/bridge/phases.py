"""Of which phase a revision is, as its module says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.errors import ProjectError
from midflight.operations.phase import Phase
from midflight.phases.history import History, Node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.script import Script

    from midflight.bridge.project import Revision


def declared_phase(script: Script) -> Phase | None:
    """Return what ``phase = "..."`` in a revision's module says; None where it says nothing.

    Raises:
        ProjectError: where it says what is no phase; the file is named.
    """
    said = getattr(script.module, "phase", None)
    if said is None:
        return None
    try:
        return Phase(said)
    except ValueError:
        names = ", ".join(repr(phase.value) for phase in Phase)
        raise ProjectError(f"{script.path}: phase is {said!r}", hint=f"it may be one of {names}") from None


def history_of(revisions: Iterable[Revision]) -> History:
    """Return revisions as phases know them."""
    return History.of(Node(one.id, one.phase, (*one.parents, *one.depends_on)) for one in revisions)
