"""The options that the subcommands of ``midflight backfill`` share, and where they lead."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.checks.status import StatusRequest


@dataclass(frozen=True, slots=True)
class PlaceFlags:
    """Where the project and the database are, as given on the command line."""

    config: Path | None
    section: str | None
    x: tuple[str, ...]
    database: str | None

    def request(self) -> StatusRequest:
        """Complete them from the settings.

        Raises:
            SettingsError: where one is not valid.
        """
        from midflight.cli.live_request import StatusFlags, status_request_of  # noqa: PLC0415 - not needed for --help

        return status_request_of(StatusFlags(self.config, self.section, self.x, self.database))


def place_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a subcommand the options; it is called with ``place``, of ``PlaceFlags``."""

    def called(
        config: Path | None,
        section: str | None,
        x: tuple[str, ...],
        database: str | None,
        **rest: Any,  # noqa: ANN401 - click's
    ) -> Any:  # noqa: ANN401 - the exit code
        return command(place=PlaceFlags(config, section, x, database), **rest)

    called.__doc__ = command.__doc__
    called.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]  # where click collects them
    options = (
        click.option(
            "-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="alembic.ini or pyproject.toml."
        ),
        click.option(
            "-n", "--name", "section", metavar="SECTION", help="The section of the ini file.  [default: alembic]"
        ),
        click.option("-x", multiple=True, metavar="KEY=VALUE", help="An argument for env.py; may be given again."),
        click.option(
            "--database", metavar="URL", help="The database.  [default: migration_url, else the project's own]"
        ),
    )
    for option in reversed(options):
        called = option(called)
    return called
