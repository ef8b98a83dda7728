-- Lock a range, where it is still ours and where we left it: $1 the range, $2 the worker, $3 its position.
SELECT id FROM midflight.backfill_range
WHERE id = $1 AND worker = $2 AND state = 'open' AND position IS NOT DISTINCT FROM CAST($3 AS text[])
FOR NO KEY UPDATE
