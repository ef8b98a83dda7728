-- The keys of the rows to change, which are locked: $1 the key behind which they begin, $2 the last one.
SELECT {plain_columns} FROM ONLY {table} WHERE {begins} AND {columns} <= {up_to} AND {selects}{order}
FOR NO KEY UPDATE
