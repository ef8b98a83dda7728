"""Synthetic rows: every table of the shadow holds a few, so that what fails or is lost on data shows."""

from midflight.rows.emptiness import fillable_tables
from midflight.rows.keeper import RowKeeper
from midflight.rows.losses import Contents, Loss, LossKind, TableContents, losses
from midflight.rows.statement import ROWS
from midflight.rows.unfilled import Unfilled

__all__ = [
    "ROWS",
    "Contents",
    "Loss",
    "LossKind",
    "RowKeeper",
    "TableContents",
    "Unfilled",
    "fillable_tables",
    "losses",
]
