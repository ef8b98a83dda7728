DO $guard$
DECLARE
    found text := 'not registered';
BEGIN
    IF to_regclass('midflight.backfill') IS NOT NULL THEN
        SELECT state INTO found FROM midflight.backfill WHERE name = :name;
    END IF;
    IF found IS DISTINCT FROM 'finished' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = format('the backfill %s is %s: %s', :name, coalesce(found, 'not registered'), :what);
    END IF;
END $guard$
