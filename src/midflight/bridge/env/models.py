"""All models of a package: a model that nothing imports would be missing, and autogenerate would drop its table."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData

from midflight.bridge.explaining import one_line
from midflight.errors import EnvPyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

_RUN_AS_PROGRAM = "__main__"


def find_metadata(package: str) -> list[MetaData]:
    """Import a module, or a package with all that is in it, and return the metadata with tables that is found there.

    Found is what a module holds under any name: a ``MetaData``, or what has one as its ``metadata``, such as a
    declarative base, a model or a table.

    Raises:
        EnvPyError: where a module cannot be imported; it names the module.
    """
    found: dict[int, MetaData] = {}
    for module in _modules(package):
        for value in list(vars(module).values()):
            metadata = _metadata(value)
            if metadata is not None and metadata.tables:
                found[id(metadata)] = metadata
    return list(found.values())


def _modules(package: str) -> Iterator[ModuleType]:
    root = _import(package)
    yield root
    folders = getattr(root, "__path__", None)
    for found in () if folders is None else pkgutil.walk_packages(folders, f"{package}.", onerror=_refuse):
        if found.name.rpartition(".")[2] != _RUN_AS_PROGRAM:
            yield _import(found.name)


def _import(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and f"{name}.".startswith(f"{error.name}."):
            raise EnvPyError(
                f"models: there is no module {error.name}",
                hint="prepend_sys_path in Alembic's configuration names the folder that holds it",
            ) from error
        raise _unimportable(name, error) from error
    except (Exception, SystemExit) as error:
        raise _unimportable(name, error) from error


def _refuse(name: str) -> None:
    """``walk_packages`` imports packages itself and would pass over one that fails."""
    _import(name)


def _unimportable(name: str, error: BaseException) -> EnvPyError:
    return EnvPyError(
        f"models: {name} cannot be imported: {type(error).__name__}: {one_line(error)}",
        hint='env.run(models="...") imports a package with all that is in it; name the one that holds the models',
    )


def _metadata(value: Any) -> MetaData | None:  # noqa: ANN401 - whatever a module holds
    if isinstance(value, MetaData):
        return value
    try:
        metadata = getattr(value, "metadata", None)
    except Exception:  # noqa: BLE001 - any object's attribute may raise; such a one is no model
        return None
    return metadata if isinstance(metadata, MetaData) else None
