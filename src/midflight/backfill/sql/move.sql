-- Turn a backfill into another state, from one of those that may: $1 its id, $2 the new state, $3 the old ones, $4 why.
UPDATE midflight.backfill SET
    state = $2,
    error = $4,
    started_at = CASE WHEN $2 = 'running' THEN coalesce(started_at, clock_timestamp()) ELSE started_at END,
    finished_at = CASE WHEN $2 IN ('finished', 'failed', 'cancelled') THEN clock_timestamp() END
WHERE id = $1 AND state = ANY ($3)
RETURNING id
