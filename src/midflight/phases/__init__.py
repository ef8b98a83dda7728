"""Expand, migrate, contract: which revision is of which phase, and what holds a contract back."""
