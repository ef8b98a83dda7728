"""Schemas, databases and whatever else can be dropped."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CreateSchema:
    """CREATE SCHEMA."""

    name: str


@dataclass(frozen=True, slots=True)
class DropSchema:
    """DROP SCHEMA, one for each that it names."""

    name: str
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class DropDatabase:
    """DROP DATABASE."""

    name: str


@dataclass(frozen=True, slots=True)
class DropOther:
    """DROP of a function, sequence, extension or anything else that has no class of its own."""

    kind: str
    """In upper-case words, such as ``FUNCTION``."""
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class SetLockTimeout:
    """SET lock_timeout; 0 is none, also for RESET."""

    milliseconds: int
    local: bool = False
    """Whether it holds only until the transaction ends."""


@dataclass(frozen=True, slots=True)
class SetTimeZone:
    """SET TIME ZONE or SET timezone."""
