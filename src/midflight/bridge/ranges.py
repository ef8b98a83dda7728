"""Which revisions a user means: ``base:head``, one revision, those changed since a Git commit, those pending."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from midflight.errors import ProjectError, RangeError

if TYPE_CHECKING:
    from midflight.bridge.project import Project, Revision


def select(project: Project, history: tuple[Revision, ...], text: str) -> frozenset[str]:
    """Return the ids of the revisions in ``FROM:TO`` (FROM left out, as Alembic's ranges have it) or of one revision.

    Raises:
        RangeError: where a name is no revision or the range is empty.
    """
    every = frozenset(revision.id for revision in history)
    lower, separator, upper = text.partition(":")
    if not separator:
        return frozenset(project.heads() if lower == "heads" else {_one(project, lower)})
    chosen = _up_to(project, every, upper or "heads") - _up_to(project, every, lower or "base")
    if not chosen and every:
        raise RangeError(f"the range {text!r} holds no revision")
    return chosen


def changed_since(history: tuple[Revision, ...], reference: str) -> frozenset[str]:
    """Return the revisions whose files differ from a Git commit, or that Git does not know yet.

    Raises:
        RangeError: where Git is missing or does not know the commit.
    """
    if reference.startswith("-"):  # it would be an option of Git's
        raise RangeError(f"{reference!r} is no Git commit")
    folders = {revision.path.parent for revision in history}
    changed: set[Path] = set()
    for folder in folders:
        top = Path(_git(folder, "rev-parse", "--show-toplevel").strip())
        listed = _git(folder, "diff", "--name-only", "-z", reference, "--", ".")
        listed += _git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--full-name", "--", ".")
        changed |= {(top / name).resolve() for name in listed.split("\0") if name}
    return frozenset(revision.id for revision in history if revision.path.resolve() in changed)


def _up_to(project: Project, every: frozenset[str], name: str) -> frozenset[str]:
    if name == "base":
        return frozenset()
    if name in {"head", "heads"}:
        return every
    return project.ancestors(_one(project, name))


def _one(project: Project, name: str) -> str:
    if name in {"", "base"}:
        raise RangeError(f"{name!r} is no revision")
    try:
        return project.resolve(name)
    except ProjectError as error:
        raise RangeError(str(error)) from error


def _git(folder: Path, *arguments: str) -> str:
    try:
        ran = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607 - git from the path, fixed arguments
    except FileNotFoundError as error:
        raise RangeError("--since needs git, which is not installed") from error
    if ran.returncode:
        said = ran.stderr.strip().splitlines()
        raise RangeError(f"git: {said[0] if said else 'it failed'}")
    return ran.stdout
