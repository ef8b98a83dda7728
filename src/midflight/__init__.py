"""Midflight: PostgreSQL schema changes for Python services that must not stop.

It proves Alembic revisions on a throw-away server before they ship, and applies them without stalling traffic. It
stands on Alembic and replaces none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midflight.upgrading import downgrade, upgrade

__all__ = ["downgrade", "upgrade"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:  # noqa: ANN401 - what a module holds
    """Import what applies revisions, and SQLAlchemy with it, only when it is asked for."""
    if name in __all__:
        from midflight import upgrading  # noqa: PLC0415 - see above

        return getattr(upgrading, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
