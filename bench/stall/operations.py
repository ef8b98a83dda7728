"""All operations of the bench, in the order in which they run."""

from __future__ import annotations

from bench.stall.columns import COLUMNS
from bench.stall.constraints import CONSTRAINTS
from bench.stall.indexes import INDEXES
from bench.stall.tables import TABLES

OPERATIONS = (*INDEXES, *COLUMNS, *CONSTRAINTS, *TABLES)
