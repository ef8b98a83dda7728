-- How far a backfill is, which is locked meanwhile: $1 its id.
SELECT
    state,
    (SELECT count(*) FROM midflight.backfill_range AS part WHERE part.backfill = job.id AND part.state = 'open') AS open,
    (SELECT count(*) FROM midflight.backfill_range AS part WHERE part.backfill = job.id AND part.state = 'done') AS done,
    (SELECT count(*) FROM midflight.backfill_failure AS failure WHERE failure.backfill = job.id AND failure.state = 'open') AS failures,
    (SELECT count(*) FROM midflight.backfill_failure AS failure WHERE failure.backfill = job.id AND failure.state = 'again') AS again
FROM midflight.backfill AS job WHERE id = $1 FOR NO KEY UPDATE
