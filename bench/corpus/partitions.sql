-- Partitions: ATTACH, DETACH, and new ones beside a default partition. Events has a default partition, readings none.

-- case: attach a table that has no check
-- dangerous: attach-partition-scans
-- why: the whole table is read under ACCESS EXCLUSIVE on it.
ALTER TABLE readings ATTACH PARTITION readings_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');

-- case: attach with a check that nobody validated
-- dangerous: attach-partition-scans
-- why: a NOT VALID check proves nothing, so the table is read.
ALTER TABLE readings ATTACH PARTITION readings_2022 FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');

-- case: attach a table whose check fits
-- safe: attach-partition-scans
-- why: a valid CHECK that implies the bound spares the reading.
ALTER TABLE readings ATTACH PARTITION readings_2023 FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');

-- case: attach a new table
-- look-alike: attach-partition-scans
-- why: it is empty; the parent is locked by SHARE UPDATE EXCLUSIVE alone.
BEGIN;
CREATE TABLE readings_2027 (LIKE readings INCLUDING ALL);
ALTER TABLE readings ATTACH PARTITION readings_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
COMMIT;

-- case: partition beside a default partition
-- dangerous: default-partition-scans
-- why: the default partition is read under ACCESS EXCLUSIVE, lest it holds rows of the new one.
CREATE TABLE events_2026_02 PARTITION OF events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');

-- case: attach beside a default partition
-- dangerous: default-partition-scans
-- why: the default partition is read under ACCESS EXCLUSIVE, though the new one is empty.
BEGIN;
CREATE TABLE events_2026_03 (LIKE events INCLUDING ALL);
ALTER TABLE events ATTACH PARTITION events_2026_03 FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
COMMIT;

-- case: attach beside a default partition whose check excludes it
-- safe: default-partition-scans
-- why: a valid CHECK on the default partition says that it holds none of those rows.
ALTER TABLE events_default ADD CONSTRAINT none_of_march
    CHECK (at IS NOT NULL AND (at < '2026-03-01' OR at >= '2026-04-01')) NOT VALID;
-- next file
ALTER TABLE events_default VALIDATE CONSTRAINT none_of_march;
-- next file
CREATE TABLE events_2026_03 (LIKE events INCLUDING ALL);
ALTER TABLE events ATTACH PARTITION events_2026_03 FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');

-- case: partition in place
-- dangerous: create-partition-blocks
-- why: CREATE TABLE ... PARTITION OF waits for ACCESS EXCLUSIVE on the whole table, and every query behind it.
CREATE TABLE readings_2027 PARTITION OF readings FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');

-- case: partition in place if not exists
-- dangerous: create-partition-blocks
-- why: it waits for ACCESS EXCLUSIVE on the whole table.
CREATE TABLE IF NOT EXISTS readings_2028 PARTITION OF readings (CONSTRAINT positive CHECK (value > 0))
    FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');

-- case: partitions of a new table
-- look-alike: create-partition-blocks
-- why: nobody else sees the table.
BEGIN;
CREATE TABLE clicks (id bigint NOT NULL, region text NOT NULL) PARTITION BY LIST (region);
CREATE TABLE clicks_eu PARTITION OF clicks FOR VALUES IN ('eu');
CREATE TABLE clicks_rest PARTITION OF clicks DEFAULT;
CREATE TABLE clicks_us PARTITION OF clicks FOR VALUES IN ('us');
COMMIT;

-- case: detach
-- dangerous: detach-partition-blocks
-- why: DETACH waits for ACCESS EXCLUSIVE on the whole table.
ALTER TABLE readings DETACH PARTITION readings_2025;

-- case: detach the default partition
-- dangerous: detach-partition-blocks
-- why: DETACH waits for ACCESS EXCLUSIVE on the whole table.
ALTER TABLE events DETACH PARTITION events_default;

-- case: detach concurrently
-- safe: detach-partition-blocks
-- why: CONCURRENTLY waits without keeping anybody out.
ALTER TABLE readings DETACH PARTITION readings_2025 CONCURRENTLY;

-- case: detach from a new table
-- look-alike: detach-partition-blocks
-- why: nobody else sees it.
BEGIN;
CREATE TABLE clicks (id bigint NOT NULL, region text NOT NULL) PARTITION BY LIST (region);
CREATE TABLE clicks_eu PARTITION OF clicks FOR VALUES IN ('eu');
ALTER TABLE clicks DETACH PARTITION clicks_eu;
COMMIT;
