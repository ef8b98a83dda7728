"""Where backfills are worked on: the database, and the project whose revisions may hold their functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.backfill.functions import load_function
from midflight.bridge.backfill_functions import function_of
from midflight.checks.status import database_of, load_where_there_is

if TYPE_CHECKING:
    from midflight.backfill.worker import BatchFunction
    from midflight.bridge.project import Project
    from midflight.checks.status import StatusRequest
    from midflight.pg.addresses import Address


@dataclass(frozen=True, slots=True)
class BackfillPlace:
    """A database, and the project beside it."""

    address: Address
    project: Project | None

    def function(self, reference: str) -> BatchFunction:
        """Find a function that a backfill names.

        Raises:
            ProjectError: where it is not to be found here.
        """
        return function_of(self.project.script, reference) if self.project else load_function(reference)


async def find_backfill_place(request: StatusRequest) -> BackfillPlace:
    """Find them as ``midflight status`` does.

    Raises:
        ProjectError: the project could not be loaded, or nothing names a database.
    """
    loaded = await load_where_there_is(request)
    return BackfillPlace(database_of(request, loaded), loaded.project if loaded else None)
