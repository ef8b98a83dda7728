"""What to do about something that a production server has but the shadow has not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from midflight.shadow.extensions import explain_missing_extension, explain_missing_feature

if TYPE_CHECKING:
    from midflight.shadow.shadow import ServerFacts

_EXTENSION = re.compile(
    r'extension "(?P<plain>[^"]+)" is not available|could not open extension control file ".*/(?P<file>[^/]+)\.control"'
)
_ROLE = re.compile(r'role "(?P<name>[^"]+)" does not exist')


def explain_absence(message: str, facts: ServerFacts) -> str | None:
    """Say what to do about something that a production server would have but the shadow has not; None where unknown."""
    extension = _EXTENSION.search(message)
    if extension:
        return explain_missing_extension(extension["plain"] or extension["file"], facts)
    role = _ROLE.search(message)
    if role:
        return f"roles belong to a server, not to a database: name {role['name']} in [tool.midflight] roles"
    return explain_missing_feature(message, facts)
