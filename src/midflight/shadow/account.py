"""The user under whom a server runs. PostgreSQL refuses root, so root lends it another one."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass

from midflight.errors import ShadowError

UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine; ``lent`` where it is not the one who runs Midflight."""

    uid: int
    gid: int
    lent: bool


def server_account() -> Account:
    """Return our own account, or as root the first unprivileged one that exists.

    Raises:
        ShadowError: as root, where neither exists.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), lent=False)
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, lent=True)
    msg = f"PostgreSQL refuses to run as root, and there is none of the users {', '.join(UNPRIVILEGED)}"
    raise ShadowError(msg, hint="run Midflight as an ordinary user, or name a server by --shadow URL")
