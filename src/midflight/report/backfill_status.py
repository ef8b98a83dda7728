"""How backfills stand: for people, and as JSON."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from midflight import __version__
from midflight.backfill.figures import as_rows
from midflight.backfill.job import JobState
from midflight.backfill.pace import words_of
from midflight.report.backfill_words import duration
from midflight.report.lines import BLANK, Line, laid_out, said
from midflight.report.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from midflight.backfill.ledger import Failure, WorkerSeen
    from midflight.backfill.overview import BackfillStatus
    from midflight.report.lines import Page

_STYLES = {"finished": "green", "failed": "bold yellow", "paused": "yellow", "cancelled": "dim"}


def backfills_text(backfills: Iterable[BackfillStatus], page: Page) -> str:
    """Write how backfills stand."""
    lines = [line for backfill in backfills for line in (*backfill_lines(backfill), BLANK)]
    return laid_out(lines or [said("There are no backfills.")], page)


def backfill_lines(backfill: BackfillStatus) -> Iterator[Line]:
    """Tell of one backfill."""
    job, progress = backfill.job, backfill.progress
    yield said(f"{job.name}: {job.state}", f"bold {_STYLES.get(job.state, '')}".strip(), hanging=1)
    yield said(", ".join(_facts(backfill)), depth=1, hanging=1)
    if job.error:
        yield said(job.error, "bold yellow", depth=1, hanging=1)
    for worker in backfill.workers:
        yield said(_worker(worker), depth=1, hanging=1)
        if worker.signals:
            yield said(words_of(worker.signals), "dim", depth=2)
    for failure in backfill.failures:
        yield said(_failure(failure), depth=1, hanging=1)
    hidden = progress.failures - len(backfill.failures)
    if hidden > 0:
        yield said(f"and {as_rows(hidden)} more", depth=1)
    if progress.failures:
        yield said(f"midflight backfill retry {one_line(job.name)} tries them once more.", "dim", depth=1)


def backfills_json(backfills: Iterable[BackfillStatus]) -> str:
    """Write how backfills stand, in ASCII."""
    document = {"schema_version": 1, "midflight_version": __version__, "backfills": [_one(one) for one in backfills]}
    return json.dumps(document, indent=2) + "\n"


def _facts(backfill: BackfillStatus) -> Iterator[str]:
    job, progress = backfill.job, backfill.progress
    ranges = progress.open + progress.done + progress.verified
    yield str(job.table)
    if not ranges and not progress.rows_read and job.state is JobState.PENDING:
        yield "nobody has begun: midflight backfill run"
        return
    rows = max(job.rows_estimated, progress.rows_read)
    yield f"{progress.rows_read:,} of about {rows:,} rows read, {progress.rows_changed:,} changed"
    if ranges:
        yield f"{ranges - progress.open} of {ranges} ranges done, {progress.verified} verified"
    if backfill.rows_per_second:
        yield f"{backfill.rows_per_second:,.0f} rows/s"
    if backfill.seconds_left is not None:
        yield f"{duration(backfill.seconds_left)} left"
    if progress.failures:
        yield f"{as_rows(progress.failures)} failed"


def _worker(worker: WorkerSeen) -> str:
    brake = f", brake: {worker.brake}" if worker.brake else ""
    speed = f"{worker.batch_rows} rows a batch, {worker.rows_per_second:,.0f} rows/s"
    return f"worker {worker.host}:{worker.process}: {speed}{brake}"


def _failure(failure: Failure) -> str:
    tries = f" ({failure.tries} tries)" if failure.tries > 1 else ""
    return f"failed{tries}: {', '.join(failure.key)} of {failure.table}: {failure.error}"


def _one(backfill: BackfillStatus) -> dict[str, Any]:
    job, progress = backfill.job, backfill.progress
    return {
        "name": job.name,
        "table": {"schema": job.table.schema, "name": job.table.name},
        "state": str(job.state),
        "error": job.error,
        "passes": job.passes,
        "revision": job.revision,
        "rows_estimated": job.rows_estimated,
        **dataclasses.asdict(progress),
        "rows_per_second": round(backfill.rows_per_second, 1),
        "seconds_left": round(backfill.seconds_left, 1) if backfill.seconds_left is not None else None,
        "created_at": job.created_at.isoformat() if job.created_at else None,
        "started_at": job.started_at.isoformat() if job.started_at else None,
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
        "workers": [dataclasses.asdict(worker) for worker in backfill.workers],
        "failed_rows": [
            {
                "table": str(failure.table),
                "key": list(failure.key),
                "sqlstate": failure.sqlstate,
                "error": failure.error,
                "tries": failure.tries,
                "at": failure.at.isoformat(),
            }
            for failure in backfill.failures
        ],
    }
