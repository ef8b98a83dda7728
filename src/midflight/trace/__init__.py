"""Watches the statements on a connection and records what they did. Knows no Alembic."""
