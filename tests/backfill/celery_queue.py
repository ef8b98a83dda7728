"""A real Redis and real Celery workers, each in processes of its own, all gone at the end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import redis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from midflight.pg.addresses import Address

PROGRAM = shutil.which("redis-server")
SECONDS = 300.0
VISIBLE_SECONDS = 3
"""After which a message that nobody has acknowledged is delivered again."""
APPLICATION = """
import os

from celery import Celery

from midflight.backfill.celery import backfill_task
from midflight.settings import Pace

app = Celery("shop", broker=os.environ["BROKER_URL"])
app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": VISIBLE},
    worker_hijack_root_logger=False,
)
pace = Pace(batch_seconds=0.001, largest_batch=50, smallest_batch=10, rest=float(os.environ["REST"]))
backfill = backfill_task(app, os.environ["SHOP_URL"], seconds=1, pace=pace)
""".replace("VISIBLE", str(VISIBLE_SECONDS))


@dataclass(slots=True)
class Queue:
    """A broker, the application on it, and its workers."""

    folder: Path
    database: Address
    client: redis.Redis
    rest: float = 0.0
    """The pause after a batch, as a part of its time."""
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_worker(self, *options: str) -> subprocess.Popen[bytes]:
        """Start a Celery worker with one process beside it that does the work."""
        command = (
            "-m",
            "celery",
            "--app=tasks",
            "worker",
            "--concurrency=1",
            "--without-gossip",
            "--without-mingle",
            "--loglevel=INFO",
        )
        log = (self.folder / f"worker{len(self.workers)}").open("wb")
        with log:
            worker = subprocess.Popen(
                [sys.executable, *command, *options],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.workers.append(worker)
        return worker

    def send(self, times: int = 1) -> None:
        """Send messages, from a process of its own as an application does."""
        program = f"import tasks\nfor _ in range({times}): tasks.backfill.delay()"
        subprocess.run(
            [sys.executable, "-c", program], cwd=self.folder, env=self._environment, check=True, timeout=SECONDS
        )

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill a worker with its children, at whatever they are doing."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(SECONDS)

    def stop(self, worker: subprocess.Popen[bytes]) -> int:
        """Ask it to finish what it has in its hands."""
        worker.send_signal(signal.SIGTERM)
        return worker.wait(SECONDS)

    @property
    def is_empty(self) -> bool:
        """Whether no message waits, and none is in anybody's hands."""
        return not (self.client.llen("celery") or self.client.hlen("unacked"))

    @property
    def is_overdue(self) -> bool:
        """Whether a message has been in somebody's hands for too long. A worker looks for such when it starts."""
        return bool(self.client.zcount("unacked_index", 0, time.time() - VISIBLE_SECONDS - 1))

    @property
    def output(self) -> str:
        """What the workers have said."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("worker?")))

    def until(self, condition: Callable[[], Any], what: str) -> None:
        """Wait until it is so."""
        give_up = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < give_up, f"{what}\n{self.output}"
            time.sleep(0.05)

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "BROKER_URL": f"redis+socket://{self.folder / 'redis.sock'}",
            "SHOP_URL": self.database.url(),
            "REST": str(self.rest),
            "C_FORCE_ROOT": "1",
            "PYTHONPATH": os.pathsep.join([str(self.folder), *filter(None, [os.environ.get("PYTHONPATH")])]),
        }


@contextmanager
def open_queue(folder: Path, database: Address, rest: float = 0.0) -> Iterator[Queue]:
    """Start a Redis on a socket in the folder, and end it and all workers."""
    assert PROGRAM is not None
    (folder / "tasks.py").write_text(APPLICATION)
    socket = folder / "redis.sock"
    options = ("--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no", "--dir", str(folder))
    server = subprocess.Popen(
        [PROGRAM, *options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    client = redis.Redis(unix_socket_path=str(socket))
    queue = Queue(folder, database, client, rest)
    try:
        queue.until(lambda: _answers(client), "Redis answers")
        yield queue
    finally:
        for worker in queue.workers:
            if worker.poll() is None:
                queue.kill(worker)
        client.close()
        server.terminate()
        server.wait(SECONDS)


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
