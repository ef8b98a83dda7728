-- The table of the bench: $ROWS rows of about 200 bytes, with a primary key and one more index.
CREATE TABLE orders (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    status text NOT NULL DEFAULT 'new',
    total numeric(10, 2) NOT NULL,
    total_cents bigint,
    quantity integer NOT NULL,
    email text,
    payload text NOT NULL,
    created timestamptz NOT NULL DEFAULT now()
);

INSERT INTO orders
SELECT
    n, 1 + n::bigint * 7919 % 100000, 'new', n % 10000 / 100.0, NULL, n % 100, 'u' || n % 100000 || '@example.com',
    repeat(md5(n::text), 3), timestamptz '2026-01-01' + n * interval '1 second'
FROM generate_series(1, $ROWS) AS n;

ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);

CREATE INDEX ix_orders_user_id ON orders (user_id)
