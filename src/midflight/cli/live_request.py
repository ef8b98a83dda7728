"""From flags and settings to what is asked about a live database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from midflight.bridge.project import ProjectSource
from midflight.checks.request import HistoryRequest
from midflight.checks.status import StatusRequest
from midflight.cli.request import SECTION, address_of, request_of
from midflight.settings import Settings, load_settings

if TYPE_CHECKING:
    from midflight.cli.flags import CheckFlags
    from midflight.cli.page import Colour
    from midflight.pg.addresses import Address


@dataclass(frozen=True, slots=True)
class StatusFlags:
    """The options of ``midflight status``; the defaults are what was not given."""

    config: Path | None = None
    name: str | None = None
    x: tuple[str, ...] = ()
    database: str | None = None
    long_transactions: float | None = None
    check: bool = False
    format: Literal["terminal", "json"] = "terminal"
    colour: Colour = "auto"


def status_request_of(flags: StatusFlags) -> StatusRequest:
    """Complete the flags from the settings.

    Raises:
        SettingsError: where a flag or a setting is not valid; its value is not told.
    """
    settings = load_settings(config=flags.config, long_transaction=flags.long_transactions)
    return StatusRequest(
        source=ProjectSource(settings.config, flags.name or SECTION, flags.x),
        folder=Path.cwd(),
        database=live_database(flags.database, settings),
        time_limit=settings.time_limit,
        long_seconds=settings.long_transaction,
    )


def plan_request_of(flags: CheckFlags) -> tuple[HistoryRequest, int]:
    """Complete the flags from the settings; return with it the rows from which on a table is large.

    Raises:
        SettingsError: where a flag or a setting is not valid; its value is not told.
        HazardError: where a hazard of an installed package cannot be used.
    """
    settings = load_settings(config=flags.config)
    request = request_of(replace(flags, pending=True))
    assert isinstance(request, HistoryRequest)
    return replace(request, database=live_database(flags.database, settings)), settings.large_table_rows


def live_database(given: str | None, settings: Settings) -> Address | None:
    """Return the database that a flag names, else the setting ``migration_url``; None is the project's own."""
    if given is not None:
        return address_of(given, "database")
    if settings.migration_url is not None:
        return address_of(settings.migration_url.get_secret_value(), "migration_url")
    return None
