"""Ctrl-C while libpq waits for an answer: Python hears of it only when the answer is there, hours later maybe.

The signal's number is written into a socket at once, though, whatever the main thread does, and another thread can read
it there. https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd
"""

from __future__ import annotations

import signal
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable


class Interrupts:
    """Calls back in a loop of another thread as soon as Ctrl-C is pressed."""

    def __init__(self, loop: asyncio.AbstractEventLoop, interrupted: Callable[[], None]) -> None:
        """Begin to listen; only the main thread may be asked to, and it must not listen already."""
        self._loop = loop
        self._interrupted = interrupted
        self._here, self._there = socket.socketpair()
        self._here.settimeout(0)
        self._there.settimeout(0)
        self._before = signal.set_wakeup_fd(self._there.fileno(), warn_on_full_buffer=False)
        loop.call_soon_threadsafe(loop.add_reader, self._here, self._read)

    def close(self) -> None:
        """Listen no more."""
        signal.set_wakeup_fd(self._before)
        self._loop.call_soon_threadsafe(self._close)

    def _read(self) -> None:
        if signal.SIGINT in self._here.recv(64):
            self._interrupted()

    def _close(self) -> None:
        self._loop.remove_reader(self._here)
        self._here.close()
        self._there.close()


def may_listen() -> bool:
    """Tell whether this thread is the one that signals are for."""
    return threading.current_thread() is threading.main_thread()
