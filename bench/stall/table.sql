-- The table of the bench: $ROWS rows of about 200 bytes, with a primary key and three more indexes, and users to refer to.
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);

INSERT INTO users SELECT n, 'user ' || n FROM generate_series(1, 100000) AS n;

CREATE SEQUENCE orders_id;

CREATE TABLE orders (
    id bigint NOT NULL DEFAULT nextval('orders_id'),
    number bigint NOT NULL DEFAULT currval('orders_id'),
    user_id bigint NOT NULL,
    status text NOT NULL DEFAULT 'new',
    kind text,
    total numeric(10, 2) NOT NULL,
    quantity integer NOT NULL,
    code varchar(20) NOT NULL,
    email text,
    note text,
    payload text NOT NULL,
    created timestamptz NOT NULL DEFAULT now()
);

INSERT INTO orders
SELECT
    n, n, 1 + n::bigint * 7919 % 100000, 'new', 'web', n % 10000 / 100.0, n % 100, 'c' || n % 5000, 'u' || n % 100000 || '@example.com',
    'note ' || n, repeat(md5(n::text), 3), timestamptz '2026-01-01' + n * interval '1 second'
FROM generate_series(1, $ROWS) AS n;

SELECT setval('orders_id', $ROWS);

ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);

CREATE INDEX ix_orders_user_id ON orders (user_id);

CREATE INDEX ix_orders_created ON orders (created);

CREATE INDEX ix_orders_quantity ON orders (quantity);

ALTER TABLE orders ADD CONSTRAINT ck_orders_quantity CHECK (quantity >= 0);

ALTER SEQUENCE orders_id OWNED BY orders.id
