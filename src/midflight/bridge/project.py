"""Finding and loading an Alembic project as it is."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionMap
from alembic.util import to_tuple

from midflight.bridge.explaining import explaining
from midflight.bridge.phases import declared_phase
from midflight.errors import ProjectError
from midflight.operations.phase import Phase

INI, TOML, ENV_PY = "alembic.ini", "pyproject.toml", "env.py"


@dataclass(frozen=True, slots=True)
class ProjectSource:
    """What the user says of the project's whereabouts."""

    config: Path | None = None
    """``alembic.ini`` or ``pyproject.toml``; None looks for both in the current folder."""
    section: str = "alembic"
    """The ini's section, as Alembic's ``--name``."""
    x: tuple[str, ...] = ()
    """Alembic's ``-x key=value`` arguments, which env.py reads."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of the history, as far as others need to know it."""

    id: str
    title: str
    path: Path
    parents: tuple[str, ...]
    depends_on: tuple[str, ...]
    branch_labels: tuple[str, ...]
    is_merge: bool
    declared_phase: Phase | None = None
    """What its module says; None where it says nothing."""

    @property
    def phase(self) -> Phase:
        """The phase to which it belongs: whatever says nothing expands."""
        return self.declared_phase or Phase.EXPAND


class Project:
    """A loaded project: Alembic's configuration and its history."""

    def __init__(self, config: Config, script: ScriptDirectory) -> None:
        self.config = config
        self.script = script

    @property
    def file(self) -> Path:
        """The file that configures it."""
        return Path(self.config.config_file_name or self.config.toml_file_name or INI)

    @property
    def env_py(self) -> Path:
        """Its env.py."""
        return Path(self.script.env_py_location).absolute()

    def history(self) -> tuple[Revision, ...]:
        """Return all revisions, each after those that it builds or depends on.

        Raises:
            ProjectError: where a revision file does not load or the history has no order.
        """
        with explaining(self.file):
            scripts = list(self.script.iterate_revisions("heads", "base", implicit_base=True))
        if not scripts and (absent := self.absent_folders()):
            raise ProjectError(f"{self.file}: version_locations names {absent[0]}, which is not there")
        return tuple(_revision(script) for script in reversed(scripts))

    def absent_folders(self) -> tuple[str, ...]:
        """Return the folders that ``version_locations`` names but that are not there; Alembic passes over them."""
        named = [str(folder) for folder in self.script.version_locations]  # env.py may have put Path objects there
        return tuple(folder for folder in named if ":" not in folder and not Path(folder).exists())

    def heads(self) -> tuple[str, ...]:
        """Return the revisions on which no other builds."""
        with explaining(self.file):
            return tuple(self.script.get_heads())

    def resolve(self, identifier: str) -> str:
        """Return the full id of a revision that is named by a prefix, a label or ``head``."""
        with explaining(self.file):
            script = self.script.get_revision(identifier)
        return script.revision

    def ancestors(self, identifier: str) -> frozenset[str]:
        """Return a revision and all that it builds or depends on."""
        with explaining(self.file):
            found = self.script.iterate_revisions(identifier, "base", implicit_base=True)
            return frozenset(script.revision for script in found)


def load_project(source: ProjectSource) -> Project:
    """Load a project's configuration; its revisions are read on first use.

    Raises:
        ProjectError: naming the file and the reason.
    """
    file = source.config or find_config(Path.cwd())
    if not file.is_file():
        raise ProjectError(f"{file}: no such file", hint="name the project's configuration with --config")
    with explaining(file):
        file.open("rb").close()  # the parser of ini files passes over one that it may not read
        config = _config(file, source)
        if config.get_alembic_option("script_location") is None:
            missing = f"[{source.section}]" if file.suffix != ".toml" else "[tool.alembic]"
            raise ProjectError(f"{file}: no script_location in {missing}")
        _go_where_locations_hold(config, file)
        script = ScriptDirectory.from_config(config)
        script.revision_map = RevisionMap(lambda: _read_revisions(script))
        if not Path(script.env_py_location).is_file():
            raise ProjectError(f"{script.env_py_location}: no such file, though {file} names its folder")
    return Project(config, script)


def find_config(folder: Path) -> Path:
    """Return the configuration in a folder: ``alembic.ini``, else a ``pyproject.toml`` with ``[tool.alembic]``.

    Raises:
        ProjectError: where there is neither.
    """
    ini, toml = folder / INI, folder / TOML
    if ini.is_file():
        return ini
    if toml.is_file() and Config(toml_file=toml).get_alembic_option("script_location"):
        return toml
    raise ProjectError(
        f"no Alembic project in {folder}: neither {INI} nor [tool.alembic] in {TOML}",
        hint="run it in the project's folder or name the file with --config",
    )


def _config(file: Path, source: ProjectSource) -> Config:
    """Make Alembic's configuration as its command line does: an ini has the pyproject.toml beside it, too."""
    toml = file if file.suffix == ".toml" else file.with_name(TOML)
    arguments = Namespace(x=list(source.x) or None, name=source.section, config=str(file))
    return Config(
        file_=None if file.suffix == ".toml" else str(file),
        toml_file=str(toml) if toml.is_file() else None,
        ini_section=source.section,
        cmd_opts=arguments,
    )


def _go_where_locations_hold(config: Config, file: Path) -> None:
    """Change to the folder from which a relative script_location exists: Alembic resolves it from the current one."""
    location = Path(config.get_alembic_option("script_location", ""))
    if ":" in str(location) or location.is_absolute() or (location / ENV_PY).is_file():
        return
    for folder in file.resolve().parents:
        if (folder / location / ENV_PY).is_file():
            os.chdir(folder)
            if str(folder) not in sys.path:
                sys.path.insert(0, str(folder))
            return
    if not location.exists():
        raise ProjectError(f"{file}: its script_location {str(location)!r} is no folder")


def _read_revisions(script: ScriptDirectory) -> list[Script]:
    """Read all revision files as Alembic does, but name the file where Alembic would only warn.

    Raises:
        ProjectError: where two files are the same revision, one builds on a revision that is not there, or one says a
            phase that is none.
    """
    for folder in script._version_locations:  # noqa: SLF001 - with Alembic's default, which the public attribute lacks
        if folder.exists():
            next(folder.iterdir(), None)  # Alembic passes over a folder that it may not read
    read = list(script._load_revisions())  # noqa: SLF001 - what Alembic's own map is made of
    found: dict[str, Script] = {}
    for one in read:
        if one.revision in found:
            raise ProjectError(f"{one.path}: the revision {one.revision} is in {found[one.revision].path}, too")
        found[one.revision] = one
    known = {*found, *(label for one in read for label in one.branch_labels)}
    for one in read:
        for other in (*to_tuple(one.down_revision, ()), *to_tuple(one.dependencies, ())):
            if other not in known:
                raise ProjectError(f"{one.path}: it builds on the revision {other}, which is not there")
        declared_phase(one)  # a wrong one is told before anything is done
    return read


def _revision(script: Script) -> Revision:
    return Revision(
        id=script.revision,
        title=(script.doc or "").strip() or script.revision,
        path=Path(script.path),
        parents=tuple(script._versioned_down_revisions),  # noqa: SLF001 - the public attribute is a str, a tuple or None
        depends_on=tuple(script._resolved_dependencies),  # noqa: SLF001 - likewise, with labels resolved
        branch_labels=tuple(sorted(script.branch_labels or ())),
        is_merge=script.is_merge_point,
        declared_phase=declared_phase(script),
    )
