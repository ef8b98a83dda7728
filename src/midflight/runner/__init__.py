"""What looks at, and changes, a database that people work with; knows no Alembic."""
