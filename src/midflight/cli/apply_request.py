"""From flags and settings to what is to be applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.bridge.project import ProjectSource
from midflight.bridge.request import Request
from midflight.cli.live_request import live_database
from midflight.cli.request import SECTION
from midflight.runner.limits import Limits
from midflight.settings import load_settings

if TYPE_CHECKING:
    from midflight.bridge.request import Direction
    from midflight.cli.applying import ApplyFlags
    from midflight.runner.events import Listener


def project_source(flags: ApplyFlags) -> ProjectSource:
    """Where the project is.

    Raises:
        SettingsError: where a setting is not valid.
    """
    settings = load_settings(config=flags.config)
    return ProjectSource(settings.config, flags.name or SECTION, flags.x)


def request_of(direction: Direction, target: str, flags: ApplyFlags, listener: Listener) -> Request:
    """Complete the flags from the settings.

    Raises:
        SettingsError: where a flag or a setting is not valid; its value is not told.
    """
    settings = load_settings(
        max_wait=flags.max_wait,
        stall_budget=flags.stall_budget,
        cancel_blockers_after=flags.cancel_blockers_after,
        terminate_blockers_after=flags.terminate_blockers_after,
        journal=False if flags.no_journal else None,
        role=flags.role,
    )
    return Request(
        direction,
        target,
        database=live_database(flags.database, settings),
        role=settings.role,
        limits=Limits.of(settings),
        phase=flags.phase,
        ignore_instances=flags.ignore_instances,
        journal=settings.journal,
        listener=listener,
    )
