-- Give back what a worker has: $1 the worker.
WITH gone AS (
    DELETE FROM midflight.backfill_worker WHERE id = $1
)
UPDATE midflight.backfill_range SET worker = NULL, leased_until = NULL WHERE worker = $1
