"""Midflight: PostgreSQL schema changes for Python services that must not stop.

It proves Alembic revisions on a throw-away server before they ship. It stands on Alembic and replaces none of it.
"""

__version__ = "0.1.0"
