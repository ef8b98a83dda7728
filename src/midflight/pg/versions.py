"""Versions of PostgreSQL, and those that Midflight supports."""

from __future__ import annotations

import re
from dataclasses import dataclass

OLDEST_SUPPORTED = 14
NEWEST_TESTED = 18


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A server's version, such as 15.19."""

    major: int
    minor: int

    @classmethod
    def from_text(cls, text: str) -> Version:
        """Read the first version in a text such as ``PostgreSQL 15.19 (Debian 15.19-0+deb12u1)``.

        Raises:
            ValueError: where there is none.
        """
        found = re.search(r"(\d+)(?:\.(\d+)|(?:devel|beta\d+|rc\d+))", text)
        if found is None:
            msg = f"no PostgreSQL version in {text!r}"
            raise ValueError(msg)
        return cls(int(found[1]), int(found[2] or 0))

    @classmethod
    def from_number(cls, number: int) -> Version:
        """Read ``server_version_num``, such as 150019."""
        return cls(number // 10000, number % 10000)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"
