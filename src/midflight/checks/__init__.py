"""Compositions of the layers below: the check of a history and of plain SQL."""
