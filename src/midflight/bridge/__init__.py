"""The only package that knows Alembic: loading projects, reading their env.py, walking their revisions."""
