"""Which server becomes the shadow: plain data in, a decision out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from midflight.errors import ShadowError
from midflight.pg.versions import OLDEST_SUPPORTED, Version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from midflight.pg.addresses import Address

HINT = "pip install 'midflight[shadow]' brings an embedded server; apt install postgresql, one of the machine's own; \
--shadow URL names any server"


@dataclass(frozen=True, slots=True)
class ShadowChoice:
    """What the user wants: where the shadow is, and PostgreSQL of which major version."""

    where: Literal["auto", "machine", "embedded"] | Address = "auto"
    major: int | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """The programs of one PostgreSQL: ``initdb`` and ``postgres``, in the folder ``programs``."""

    origin: Literal["machine", "embedded"]
    version: Version
    programs: Path
    name: str
    """For a person, such as ``PostgreSQL 15.19 of this machine (/usr/lib/postgresql/15/bin)``."""
    libraries: Path | None = None
    """Where the programs' own shared libraries are, if they do not find them by themselves."""


def choose_installation(
    choice: ShadowChoice, machine: Sequence[Installation], embedded: Installation | None
) -> Installation:
    """Take the newest one that fits, of the machine first: it is more likely to be what production runs.

    Raises:
        ShadowError: where none fits; it says what was looked for, what was found, and what to do.
    """
    of_machine = sorted(machine, key=lambda found: found.version, reverse=True) if choice.where != "embedded" else []
    of_wheel = [embedded] if embedded is not None and choice.where != "machine" else []
    for found in [*of_machine, *of_wheel]:
        if found.version.major >= OLDEST_SUPPORTED and choice.major in {None, found.version.major}:
            return found
    raise ShadowError(_nothing_fits(choice, [*machine, *([embedded] if embedded else [])]), hint=HINT)


def _nothing_fits(choice: ShadowChoice, found: Sequence[Installation]) -> str:
    wanted = f"PostgreSQL {choice.major}" if choice.major else f"PostgreSQL {OLDEST_SUPPORTED} or later"
    place = {"machine": " of this machine", "embedded": " as the embedded server"}.get(str(choice.where), "")
    names = ", ".join(installation.name for installation in found) or "no PostgreSQL at all"
    return f"no throw-away server: looked for {wanted}{place}, found {names}"
