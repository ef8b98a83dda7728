"""What an upgrade, or a worker on backfills, tells while it works, as one JSON object a line."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from midflight.backfill.events import Event as BackfillEvent
    from midflight.runner.events import Event

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def event_line(event: Event | BackfillEvent, at: datetime) -> str:
    """Write an event: its name, its time and its fields."""
    name = _WORD.sub("_", type(event).__name__).lower()
    fields = {key: value for key, value in dataclasses.asdict(event).items() if key != "sql"}
    return json.dumps({"event": name, "at": at.isoformat(timespec="milliseconds"), **fields})
