"""A program that opens a shadow, says so, and keeps it until it is stopped: ``hold_shadow.py WHERE [fail]``."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import Literal, cast

from midflight.errors import MidflightError
from midflight.pg.addresses import Address
from midflight.shadow.choice import ShadowChoice
from midflight.shadow.opening import open_shadow


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


async def hold(where: str, *, fail: bool) -> None:
    say("starting")
    place = Address.from_url(where) if "://" in where else cast("Literal['machine', 'embedded']", where)
    async with open_shadow(ShadowChoice(place)) as shadow:
        say(f"ready {shadow.address.host} {shadow.address.database}")
        if fail:
            msg = "told to fail"
            raise RuntimeError(msg)
        await asyncio.sleep(600)


if __name__ == "__main__":
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # as a terminal starts it: under nohup it would be ignored
    try:
        asyncio.run(hold(sys.argv[1], fail=sys.argv[2:] == ["fail"]))
    except MidflightError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit(130)
