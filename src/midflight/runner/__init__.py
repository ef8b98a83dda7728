"""The only place that executes steps: locks, timeouts, retries, blockers, journal. It knows no Alembic."""
