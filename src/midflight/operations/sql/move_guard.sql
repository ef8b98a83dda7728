DO $guard$
BEGIN
    IF EXISTS (
        SELECT FROM {source} AS source
        WHERE {given} AND NOT EXISTS (SELECT FROM {target} AS target WHERE {partner})
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = 'values in the old column belong to rows that have no partner in the new table: they would be lost',
            HINT = 'insert the missing rows, or set those values to NULL';
    END IF;
END $guard$
