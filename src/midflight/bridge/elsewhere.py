"""Operations on another database, such as the SQLite of a test suite: what has a meaning there is done by Alembic."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from midflight.bridge import elsewhere_columns, elsewhere_indexes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alembic.operations import Operations

    from midflight.operations.operation import Operation

_LOG = logging.getLogger("midflight")

_FORMS: Mapping[type, Callable[[Operations, Any], None]] = {**elsewhere_columns.FORMS, **elsewhere_indexes.FORMS}
"""Each function takes what its key is."""


def run_elsewhere(operations: Operations, operation: Operation) -> None:
    """Do an operation by Alembic's own, in batch mode; one that means nothing there is named in the log."""
    form = _FORMS.get(type(operation))
    if form is None:
        _LOG.info("%s means nothing on %s", type(operation).__name__, operations.migration_context.dialect.name)
        return
    form(operations, operation)
