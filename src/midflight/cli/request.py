"""From flags and settings to what the check is asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from midflight.bridge.project import ProjectSource
from midflight.checks.request import Conditions, HistoryRequest, SqlRequest
from midflight.cli.flags import STANDARD_INPUT
from midflight.errors import SettingsError
from midflight.hazards.hazard import Severity
from midflight.hazards.nearest import suggestion
from midflight.hazards.severities import Override, Severities
from midflight.pg.addresses import Address
from midflight.registry import installed_hazards
from midflight.settings import load_settings
from midflight.shadow.choice import ShadowChoice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from midflight.cli.flags import CheckFlags
    from midflight.settings import Level, Settings

SECTION = "alembic"


def request_of(flags: CheckFlags) -> HistoryRequest | SqlRequest:
    """Complete the flags from the settings.

    Raises:
        SettingsError: where a flag or a setting is not valid; its value is not told.
        HazardError: where a hazard of an installed package cannot be used.
    """
    settings = load_settings(
        config=flags.config,
        shadow=flags.shadow,
        postgres=flags.postgres,
        baseline=flags.baseline,
        time_limit=flags.time_limit,
        cache=False if flags.no_cache else None,
    )
    conditions = _conditions(settings)
    if flags.sql:
        files = tuple(None if place == STANDARD_INPUT else Path(place) for place in flags.places)
        return SqlRequest(conditions, files)
    return HistoryRequest(
        conditions,
        ProjectSource(settings.config, flags.name or SECTION, flags.x),
        range=flags.places[0] if flags.places else None,
        since=flags.since,
        pending=flags.pending,
        database=address_of(flags.database, "database") if flags.database else None,
    )


def _conditions(settings: Settings) -> Conditions:
    hazards = installed_hazards()
    return Conditions(
        choice=_choice(settings),
        baseline=settings.baseline,
        roles=settings.roles,
        time_limit=settings.time_limit,
        start_limit=settings.start_limit,
        hazards=hazards,
        cache=settings.cache,
        severities=_severities(settings, hazards.ids),
    )


def _severities(settings: Settings, known: frozenset[str]) -> Severities:
    return Severities(
        _levels(settings.severity, known, "severity"),
        tuple(
            Override(override.paths, _levels(override.severity, known, f"overrides.{number}.severity"))
            for number, override in enumerate(settings.overrides)
        ),
    )


def _levels(given: Mapping[str, Level], known: frozenset[str], key: str) -> dict[str, Severity | None]:
    for name in given:
        if name not in known:
            raise SettingsError(f"setting '{key}.{name}': there is no such hazard; {suggestion(name, known)}")
    return {name: None if level == "off" else Severity(level) for name, level in given.items()}


def _choice(settings: Settings) -> ShadowChoice:
    match settings.shadow.get_secret_value():
        case "auto" | "machine" | "embedded" as where:
            return ShadowChoice(where, settings.postgres)
        case url:
            return ShadowChoice(address_of(url, "shadow", "auto, machine, embedded"), settings.postgres)


def address_of(url: str, name: str, else_: str | None = None) -> Address:
    """Read a URL that a flag or a setting gives.

    Raises:
        SettingsError: where it is none; its value is not told.
    """
    try:
        return Address.from_url(url)
    except ValueError as error:
        choices = f"{else_} or a URL: " if else_ else ""
        raise SettingsError(f"{name}: {choices}{error}") from error
