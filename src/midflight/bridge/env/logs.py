"""Logging of Alembic's progress, for a person at a command line only: a program that migrates has its own."""

from __future__ import annotations

import logging
import logging.config
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config


def set_up_logging(config: Config) -> None:
    """Do as the ini says, or show what Alembic does; nothing where a program called, whose loggers are its own."""
    arguments = config.cmd_opts
    if arguments is None or not hasattr(arguments, "cmd"):
        return
    ini = config.config_file_name
    if ini and Path(ini).is_file() and config.file_config.has_section("loggers"):
        logging.config.fileConfig(ini, disable_existing_loggers=False)
    elif not getattr(arguments, "quiet", False) and not logging.getLogger().handlers:
        logging.basicConfig(level=logging.WARNING, format="%(levelname)-5.5s [%(name)s] %(message)s")
        logging.getLogger("alembic").setLevel(logging.INFO)
