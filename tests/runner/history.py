"""A history of every kind of operation, up and down, for faults at any moment of it."""

from __future__ import annotations

from checks.projects import Revision
from runner.deployments import SAFE

SETUP = """
CREATE TABLE t (id int PRIMARY KEY, n int, s text, c text NOT NULL DEFAULT 'x');
INSERT INTO t SELECT i, i, 's' || i FROM generate_series(1, 5000) AS i;
CREATE TABLE u (id int PRIMARY KEY, t_id int);
INSERT INTO u SELECT i, i FROM generate_series(1, 500) AS i;
CREATE TABLE parted (id int, n int) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (1000);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (1000) TO (2000);
INSERT INTO parted SELECT i, i FROM generate_series(1, 1900) AS i;
ANALYZE
"""

_STEPS = (
    ("op.set_not_null('t', 'n')", "op.drop_not_null('t', 'n')"),
    ("op.create_index('ix_n', 't', ['n'])", "op.drop_index('ix_n', 't')"),
    ("op.create_index('ux', 't', ['s', 'id'], unique=True)", "op.drop_index('ux', 't')"),
    ("op.create_index('ix_parted', 'parted', ['n'])", "op.drop_index('ix_parted', 'parted')"),
    (
        "op.add_column('t', sa.Column('d', sa.Integer(), server_default='7', nullable=False))",
        "op.drop_column('t', 'd')",
    ),
    (
        "op.add_column('t', sa.Column('r', sa.Float(), server_default=sa.text('random()')))",
        "op.drop_column('t', 'r')",
    ),
    ("op.create_foreign_key('fk', 'u', 't', ['t_id'], ['id'])", "op.drop_constraint('fk', 'u')"),
    ("op.create_check_constraint('ck', 't', 'n > 0')", "op.drop_constraint('ck', 't')"),
    ("op.create_unique_constraint('uq', 't', ['s', 'n'])", "op.drop_constraint('uq', 't')"),
    (
        "op.execute('UPDATE u SET t_id = t_id + 1 WHERE id = 1')",
        "op.execute('UPDATE u SET t_id = t_id - 1 WHERE id = 1')",
    ),
    ("op.create_table('v', sa.Column('id', sa.Integer(), primary_key=True))", "op.drop_table('v')"),
    (
        "op.drop_not_null('t', 'c')\nop.create_index('ix_c', 't', ['c'])\n"  # noqa: ISC004 - one text
        "op.create_check_constraint('ck_c', 't', \"c <> ''\")",
        "op.drop_constraint('ck_c', 't')\nop.drop_index('ix_c', 't')\nop.set_not_null('t', 'c')",
    ),
)
HISTORY = tuple(
    Revision(f"r{place:02}", after=f"r{place - 1:02}" if place else None, before=SAFE, up=up, down=down)
    for place, (up, down) in enumerate(_STEPS)
)
HEAD = HISTORY[-1].id
ONCE = "SELECT sum(t_id) FROM u"
"""What the raw UPDATE has done: it must be done exactly once."""
