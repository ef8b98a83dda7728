-- Whether there is anything to do, for the backfill $1 or, where that is null, for any.
SELECT EXISTS (
    SELECT FROM midflight.backfill
    WHERE state IN ('pending', 'running', 'verifying') AND name = coalesce($1, name)
)
