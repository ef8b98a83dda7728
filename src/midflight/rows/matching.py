"""Texts that a pattern matches: the simple ones of CHECK constraints. The server says whether they really do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLASSES = {"d": "123", "w": "abc", "s": " ", "D": "abc", "W": "-+.", "S": "abc"}
_POSIX_CLASSES = {
    "alpha": "abc",
    "digit": "123",
    "alnum": "ab1",
    "lower": "abc",
    "upper": "ABC",
    "space": " ",
    "punct": "-+.",
    "xdigit": "abc",
}
_LONGEST = 64
_VARIANTS = range(3)


def matching_like(pattern: str) -> tuple[str, ...]:
    """Return texts that a LIKE pattern matches."""
    return tuple(dict.fromkeys(_fill_in(pattern, letter) for letter in "abc"))


def _fill_in(pattern: str, letter: str) -> str:
    return re.sub(r"\\(.)|%|_", lambda part: part[1] or letter, pattern)


def matching_regular(pattern: str) -> tuple[str, ...]:
    """Return texts that a regular expression matches; none where it has parts that are not known here."""
    found: list[str] = []
    for variant in _VARIANTS:
        for more in _VARIANTS:
            try:
                found.append(_Sampler(pattern, variant, more).sample())
            except (ValueError, IndexError):
                return ()
    return tuple(dict.fromkeys(found))


class _Sampler:
    """Reads a pattern from left to right and writes one text that it matches.

    A variant picks other characters of a class and other branches; ``more`` is how often an open repetition repeats.
    """

    def __init__(self, pattern: str, variant: int, more: int) -> None:
        self._pattern = pattern
        self._place = 0
        self._variant = variant
        self._more = more

    def sample(self) -> str:
        text = self._branches()
        if self._place < len(self._pattern):
            raise ValueError
        return text

    def _next(self) -> str:
        character = self._pattern[self._place]
        self._place += 1
        return character

    def _rest(self) -> str:
        return self._pattern[self._place :]

    def _branches(self) -> str:
        branches = [self._branch()]
        while self._rest().startswith("|"):
            self._place += 1
            branches.append(self._branch())
        return branches[self._variant % len(branches)]

    def _branch(self) -> str:
        parts = []
        while (rest := self._rest()) and rest[0] not in "|)":
            atom = self._atom()
            parts.append(atom * self._count())
        return "".join(parts)

    def _atom(self) -> str:
        character = self._next()
        match character:
            case "^" | "$":
                return ""
            case ".":
                return "abc"[self._variant]
            case "(":
                return self._group()
            case "[":
                return self._pick(self._bracket())
            case "\\":
                return self._escape()
            case "*" | "+" | "?" | "{":
                raise ValueError
            case _:
                return character

    def _group(self) -> str:
        if self._rest().startswith("?:"):
            self._place += 2
        elif self._rest().startswith("?"):
            raise ValueError
        text = self._branches()
        if self._next() != ")":
            raise ValueError
        return text

    def _escape(self) -> str:
        character = self._next()
        if character in _CLASSES:
            return self._pick(_CLASSES[character])
        if character in "AZmMyY":  # the edges of the text and of words
            return ""
        if character.isalnum():
            raise ValueError
        return character

    def _pick(self, characters: str) -> str:
        return characters[self._variant % len(characters)]

    def _bracket(self) -> str:
        negated = self._rest().startswith("^")
        self._place += negated
        members = "".join(self._members())
        if not negated:
            return members
        return "".join(character for character in "abc123XYZ-_. @" if character not in members)

    def _members(self) -> Iterator[str]:
        first = True
        while first or not self._rest().startswith("]"):
            first = False
            if named := re.match(r"\[:(\w+):\]", self._rest()):
                self._place += named.end()
                yield _POSIX_CLASSES[named[1]] if named[1] in _POSIX_CLASSES else _unknown()
                continue
            character = self._next()
            if character == "\\":
                character = self._next()
                if character in _CLASSES:
                    yield _CLASSES[character]
                    continue
            if re.match(r"-[^\]]", self._rest()):
                self._place += 1
                last = self._next()
                yield "".join(chr(code) for code in range(ord(character), ord(last) + 1))[:200]
            else:
                yield character
        self._place += 1

    def _count(self) -> int:
        rest = self._rest()
        if bounds := re.match(r"\{(\d+)(,?)(\d*)\}", rest):
            self._place += bounds.end()
            least = int(bounds[1])
            most = int(bounds[3]) if bounds[3] else (least if not bounds[2] else least + self._more)
            count = min(least + self._more, most)
        elif rest[:1] in {"*", "?"} and rest:
            self._place += 1
            count = min(self._more, 1) if rest[0] == "?" else self._more
        elif rest[:1] == "+":
            self._place += 1
            count = 1 + self._more
        else:
            return 1
        if self._rest().startswith("?"):  # not greedy: no matter
            self._place += 1
        return min(count, _LONGEST)


def _unknown() -> str:
    raise ValueError
