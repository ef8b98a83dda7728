"""Writing a project's first files, none of which was there before."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from mako.template import Template  # type: ignore[import-untyped] # Mako has no types; Alembic brings it

from midflight.bridge.project import ENV_PY, INI, TOML
from midflight.bridge.scaffold.packages import source_folders
from midflight.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Form = Literal["ini", "toml"]

VERSIONS = "versions"
_COPIED = ("README", "script.py.mako")
_TEMPLATES = files("midflight.bridge").joinpath("templates")


@dataclass(frozen=True, slots=True)
class Scaffold:
    """What to write."""

    home: Path
    """The project's folder, in which the configuration stands."""
    folder: Path
    """Where the migrations go."""
    driver: str
    """asyncpg, or a synchronous one."""
    models: str | None
    """The package with the models."""
    form: Form

    @property
    def configuration(self) -> Path:
        """The file with Alembic's settings."""
        return self.home / (INI if self.form == "ini" else TOML)


def write_scaffold(scaffold: Scaffold) -> list[Path]:
    """Write all files and return those that are new or longer than before.

    Raises:
        ProjectError: where something is there already, and then nothing has been written; or where a file cannot be.
    """
    _check_nothing_is_there(scaffold)
    texts = dict(_texts(scaffold))
    try:
        (scaffold.folder / VERSIONS).mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            with path.open("a", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise ProjectError(f"{error.filename}: {error.strerror}") from error
    return list(texts)


def default_form(home: Path) -> Form:
    """Return where the configuration goes where nobody says: pyproject.toml if there is one."""
    return "toml" if (home / TOML).is_file() else "ini"


def _check_nothing_is_there(scaffold: Scaffold) -> None:
    if (scaffold.home / INI).exists():
        raise ProjectError(f"{scaffold.home / INI} is there already: this is an Alembic project", hint=_USE_IT)
    if "alembic" in _tool_tables(scaffold.home / TOML):
        raise ProjectError(f"{scaffold.home / TOML} has [tool.alembic] already", hint=_USE_IT)
    folder = scaffold.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProjectError(f"{folder} is there already and not empty", hint="name another: midflight init FOLDER")


_USE_IT = "Midflight works with a project as it is: midflight check"


def _tool_tables(toml: Path) -> frozenset[str]:
    if not toml.is_file():
        return frozenset()
    try:
        return frozenset(tomllib.loads(toml.read_text(encoding="utf-8")).get("tool", {}))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProjectError(f"{toml}: {error}") from error


def _texts(scaffold: Scaffold) -> Iterator[tuple[Path, str]]:
    """Return what to append to each file; all but pyproject.toml are new."""
    for name in _COPIED:
        yield scaffold.folder / name, _read(name)
    yield scaffold.folder / ENV_PY, _rendered("env.py.mako", models=scaffold.models, driver=scaffold.driver)
    path = scaffold.configuration
    paths = source_folders(scaffold.home)
    text = _rendered(
        f"{path.name}.mako",
        location=_location(scaffold) if scaffold.form == "ini" else json.dumps(_location(scaffold)),
        paths_ini=os.pathsep.join(f"%(here)s/{name}" if name != "." else "%(here)s" for name in paths),
        paths_toml=", ".join(json.dumps(f"%(here)s/{name}" if name != "." else "%(here)s") for name in paths),
    )
    yield path, ("\n" if path.is_file() and path.stat().st_size else "") + text


def _location(scaffold: Scaffold) -> str:
    """Write the migrations' folder as Alembic reads it: relative to the configuration where it stands below that."""
    folder = scaffold.folder
    if folder.is_relative_to(scaffold.home):
        return f"%(here)s/{_escaped(folder.relative_to(scaffold.home))}"
    return _escaped(folder)


def _escaped(path: Path) -> str:
    return path.as_posix().replace("%", "%%")


def _read(name: str) -> str:
    return _TEMPLATES.joinpath(name).read_text(encoding="utf-8")


def _rendered(template: str, **values: object) -> str:
    return str(Template(_read(template)).render_unicode(**values))  # noqa: S702 - Python and ini files, not HTML
