-- Take one of $1 places, on this session, until it ends; no row where all are taken. They are tried one after the other.
SELECT place FROM generate_series(1, $1::integer) AS place
WHERE pg_try_advisory_lock(hashtext('midflight.backfill.slot'), place)
LIMIT 1
