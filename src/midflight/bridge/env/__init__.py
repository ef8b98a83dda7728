"""What a project's five-line env.py calls: where the database is, which models there are, and how it ends in Alembic."""
