-- What an upgrade that has ended must not leave: sessions, transactions, locks, invalid indexes, unproven constraints.
-- The parts of a foreign key to a partitioned table stay unproven on PostgreSQL 15, whoever validates it.
SELECT array(
    SELECT 'session ' || application_name FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'midflight%'
    UNION ALL
    SELECT 'idle transaction of ' || coalesce(application_name, '?') FROM pg_stat_activity
    WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND application_name NOT IN ('report', 'load')
    UNION ALL
    SELECT 'advisory lock' FROM pg_locks
    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    UNION ALL
    SELECT 'invalid index ' || indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid OR NOT indisready
    UNION ALL
    SELECT 'constraint not validated ' || conname FROM pg_constraint WHERE NOT convalidated AND conparentid = 0
)
