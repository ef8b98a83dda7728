"""The one thread in which a project's own code runs: its env.py, its revisions, its models.

Alembic's ``op`` and ``context`` are globals of the process, and a project's code may block, call ``asyncio.run`` or
``sys.exit``: so it gets a thread to itself, away from our event loop, and one only.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Any, TypeVar

from midflight.errors import MidflightError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

T = TypeVar("T")

_GRACE_SECONDS = 5.0
"""How long code may go on after its time was up and its connections were cut."""


class TimeIsUpError(MidflightError):
    """The project's code did not end in time."""


class CodeExitedError(MidflightError):
    """The project's code called sys.exit()."""


class ProjectThread:
    """Runs one piece of work after the other. It is a daemon: code that never ends does not keep the program alive."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._work: queue.SimpleQueue[tuple[Callable[[], Any], asyncio.Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="midflight-project", daemon=True)
        self._thread.start()
        self.is_stuck = False
        """Whether code was left behind that would not end; the thread is of no use any more."""

    def frame(self) -> FrameType | None:
        """Return the innermost frame of what the thread is running now."""
        return sys._current_frames().get(self._thread.ident or 0)  # noqa: SLF001 - the only way to another thread's stack

    def stack(self) -> traceback.StackSummary:
        """Return where the running code stands, the outermost frame first."""
        return traceback.extract_stack(self.frame())

    async def run(self, work: Callable[[], T], *, limit: float, cut_off: Callable[[], None] = lambda: None) -> T:
        """Run work in the thread and return its result.

        Args:
            work: what to run.
            limit: seconds after which it is cut off.
            cut_off: called when the time is up, to make the work fail, for example by ending its connections.

        Raises:
            TimeIsUpError: when the limit was reached, or when earlier work is stuck.
            CodeExitedError: when the work raised SystemExit or the like; its traceback tells where.
        """
        if self.is_stuck:
            raise TimeIsUpError("the code that ran before it would not end")
        future: asyncio.Future[T] = self._loop.create_future()
        future.add_done_callback(_seen)
        self._work.put((work, future))
        try:
            done, _ = await asyncio.wait({future}, timeout=limit)
        except asyncio.CancelledError:
            self.is_stuck = True  # whoever interrupts the whole check does not wait for this code
            cut_off()
            raise
        if done:
            return future.result()
        cut_off()
        done, _ = await asyncio.wait({future}, timeout=_GRACE_SECONDS)
        self.is_stuck = not done
        raise TimeIsUpError(f"it did not end within {limit:g} s")

    async def finish(self, work: Callable[[], None]) -> None:
        """Run work that clears up, unless the thread is stuck; how it ends is of no interest."""
        if not self.is_stuck:
            with contextlib.suppress(Exception):
                await self.run(work, limit=_GRACE_SECONDS)

    def _serve(self) -> None:
        while (item := self._work.get()) is not None:
            work, future = item
            try:
                result = work()
            except SystemExit as error:
                self._answer(future, error=_exited(f"it called sys.exit({error.code!r})", error))
            except StopIteration as error:  # a future cannot carry it
                self._answer(future, error=_exited("it raised StopIteration", error))
            except Exception as error:  # noqa: BLE001 - whatever the project raises is an answer
                self._answer(future, error=error)
            except BaseException as error:  # noqa: BLE001 - KeyboardInterrupt and the like, raised by the project itself
                self._answer(future, error=_exited(f"it raised {type(error).__name__}", error))
            else:
                self._answer(future, result=result)

    def _answer(self, future: asyncio.Future[Any], *, result: object = None, error: Exception | None = None) -> None:
        def settle() -> None:
            if future.done():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(settle)


def _exited(message: str, error: BaseException) -> CodeExitedError:
    return CodeExitedError(message).with_traceback(error.__traceback__)


def _seen(future: asyncio.Future[Any]) -> None:
    """Take note of an exception, which nobody may be left to ask for: asyncio would print it."""
    if not future.cancelled():
        future.exception()
