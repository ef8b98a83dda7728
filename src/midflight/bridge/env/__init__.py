"""What a project's env.py calls: where the database is, which models there are, how it ends in Alembic."""
