"""What looks like a password in the words of others, and in SQL, is never shown."""

from __future__ import annotations

import re

# Between a URL's user and its last @; the word "password" itself is how we explain a URL.
_IN_URL = re.compile(r"(\w://[^\s:/@]*):(?!password@)\S*@")
# After libpq's keyword, a key of a mapping, or SQL's PASSWORD 'literal'.
_AFTER_KEYWORD = re.compile(
    r"(password[\"']?(?:\s*[=:]\s*|\s+(?=E?')))(E?'(?:[^']|'')*'|\"[^\"]*\"|[^\s,)&]+)", re.IGNORECASE
)


def without_passwords(text: str) -> str:
    """Put stars in place of what looks like a password."""
    return _AFTER_KEYWORD.sub(r"\1***", _IN_URL.sub(r"\1:***@", text))
