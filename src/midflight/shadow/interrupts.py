"""Being told to stop: the other signals do what Ctrl-C does, and none of them is lost."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

STOPPING = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stopping_as_interrupt() -> Iterator[None]:
    """Let SIGTERM and SIGHUP interrupt as Ctrl-C does, where nobody has decided otherwise (``nohup`` has).

    It is to be entered where an event loop runs. In another thread than the main one, which alone may set handlers, it
    does nothing: what a signal leaves behind is cleared at the next start.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    taken = [number for number in STOPPING if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _interrupt)
    try:
        with _waking_the_loop():
            yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def _waking_the_loop() -> Iterator[None]:
    """Wake the event loop at every signal.

    ``asyncio.run`` does not: a Ctrl-C in the instant before the loop goes to sleep would be seen when it wakes up.
    https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd
    """
    loop = asyncio.get_running_loop()
    hears, tells = socket.socketpair()
    with hears, tells:
        hears.setblocking(False)  # noqa: FBT003 - the only way to say it
        tells.setblocking(False)  # noqa: FBT003 - as above
        loop.add_reader(hears, hears.recv, 4096)
        before = signal.set_wakeup_fd(tells.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            loop.remove_reader(hears)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold back what tells us to stop while the block runs, and pass it on at its end.

    For clearing up, which is short: a second Ctrl-C would else leave half of it. Only the main thread is interrupted,
    and only it may set handlers; in another one this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *STOPPING)}
    ours = [number for number, handler in before.items() if callable(handler)]  # the rest is ignored, or ends us anyhow
    for number in ours:
        signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])
    if came:
        signal.raise_signal(came[-1])


def _interrupt(*_: object) -> None:
    """Do what Ctrl-C does, also where it does nothing: a shell ignores SIGINT for what it starts with ``&``."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        raise KeyboardInterrupt
    signal.raise_signal(signal.SIGINT)
