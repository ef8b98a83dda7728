"""docs/explanation/under-load.md: what was measured, how, and how it came out. It does no I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.stall.ladder import LIMIT_SECONDS, STARVING_CLIENTS, TOOL_LIMIT_SECONDS
from bench.stall.run import ATTEMPTS, STOCK
from bench.stall.server import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.stall.figures import Figures, Idle
    from bench.stall.ladder import Climb
    from bench.stall.operation import Operation
    from bench.stall.traffic import Load

TEXT = """# Under load

What a live service feels while its big table is changed: by stock Alembic, by Midflight, and by
django-pg-zero-downtime-migrations. Written by `make bench-stall`, which anybody can run; it starts a server of its own.

## How it is measured

{server}, on {machine}. The table has {rows:,} rows of about 200 bytes, a primary key and three more indexes.

- **Traffic.** {clients} asyncpg clients send {rate:g} requests a second: 70 of 100 read by an index, 20 update, 7
  insert, 3 delete, each in an explicit transaction, so that nothing is retried silently. The schedule is fixed (open
  loop): a request that could not be sent because its client was still waiting counts from when it was due. All columns
  are named, and none is read that an operation touches.
- **A long reader** holds the table and a snapshot for {reader:g} s, goes for {pause:g} s and comes again. Each tool
  starts while it reads.
- **A run** makes one change by one tool as a process (`alembic upgrade head`, `midflight upgrade head`, `manage.py
  migrate`). Counted are the requests from the tool's start to one second after its end; then the database is put back.
  A change that is not there afterwards, whole and valid, is *not done*, whatever the tool said.
- **django-pg-zero-downtime-migrations** has the settings that its README calls the most safe, with timeouts of 2 s. It
  gives up where it does not get a lock, so it is called again, up to {attempts} times in all.
- **Settings** beside PostgreSQL's defaults, which are durable: {settings}. A parallel index build would take both cores
  for itself, by any tool. The clients' process has a higher priority where root runs the bench: real clients are on
  other machines. Their timers have a resolution of 1 ms, which is part of each figure.

Idle, the processors are {busy:.0%} busy, the longest request takes {idle.longest_ms:.1f} ms and p99 is
{idle.p99_ms:.2f} ms (the quieter of two measurements, before and after all runs).

## Results

The targets: no failed request; the longest stall at most three times the longest of the idle traffic, or 25 ms; p99 at
most twice that of the idle traffic, or five times where an index is built, which takes a core. What misses a target is
**bold**.

{results}
{remarks}
## Over time

The latency of the requests that were due at each time; the tool is at work where the ground is yellow.

![Latency over time, stock Alembic beside Midflight](under-load.svg)

## Why the ladder

A reader who goes makes room for a lock that is polled for with `NOWAIT`. Transactions that follow each other without a
gap never do: then only a place in the lock queue helps, and everybody waits behind it as long as it is held. Here
{starving} clients are in back-to-back transactions on the table, beside the traffic. Each rung is tried by itself until
the lock is had, at most {limit:g} s; then stock Alembic and Midflight drop a NOT NULL, for which they have
{tool_limit:g} s. Midflight's stall budget, the longest that anybody is to wait behind one of its tries, is the default
of 0.5 s.

{ladder}"""


def page(
    counted: Sequence[Figures],
    climbed: Sequence[Climb],
    idle: Idle,
    *,
    load: Load,
    facts: dict[str, Any],
    operations: Sequence[Operation],
) -> str:
    """Write the page."""
    return TEXT.format(
        **facts,
        idle=idle,
        clients=load.clients,
        rate=load.rate,
        reader=load.reader_seconds,
        pause=load.reader_pause,
        attempts=ATTEMPTS,
        settings=", ".join(f"`{name} = {value}`" for name, value in SETTINGS.items()),
        results="\n".join(_results(counted)),
        remarks="\n".join(["", *_remarks(counted, operations), ""]),
        starving=STARVING_CLIENTS,
        limit=LIMIT_SECONDS,
        tool_limit=TOOL_LIMIT_SECONDS,
        ladder="\n".join([*_ladder(climbed), ""]),
    )


def _results(counted: Sequence[Figures]) -> Iterator[str]:
    yield "| operation | tool | failed | longest stall, ms | p99, ms | seconds | |"
    yield "|---|---|--:|--:|--:|--:|---|"
    for each in counted:
        cells = [
            f"{each.operation}" if each.tool == STOCK else "",
            each.tool,
            _bold(f"{each.failed:,}", missed=each.failed > 0),
            _bold(f"{each.longest_stall_ms:,.1f}", missed=each.longest_stall_ms > each.longest_stall_target_ms),
            _bold(f"{each.p99_ms:,.2f}", missed=each.p99_ms > each.p99_target_ms),
            f"{each.seconds:.1f}",
            _outcome(each),
        ]
        yield f"| {' | '.join(cells)} |"


def _bold(text: str, *, missed: bool) -> str:
    return f"**{text}**" if missed else text


def _outcome(each: Figures) -> str:
    calls = f"called {each.attempts} times" if each.attempts > 1 else ""
    return ", ".join(filter(None, ["" if each.done else "**not done**", calls]))


def _remarks(counted: Sequence[Figures], operations: Sequence[Operation]) -> Iterator[str]:
    for each in counted:
        if each.reason:
            what = "failed requests" if each.done else "not done"
            yield f"- {each.operation} by {each.tool}, {what}: `{each.reason.replace('`', '')}`"
    run = {each.operation for each in counted}
    for operation in operations:
        if operation.django is None and operation.name in run:
            yield f"- {operation.name} is left out for django-pg-zero-downtime: {operation.without_django}."


def _ladder(climbed: Sequence[Climb]) -> Iterator[str]:
    yield "| transactions | way to the lock | seconds until it was had | failed | longest stall, ms | p99, ms |"
    yield "|--:|---|--:|--:|--:|--:|"
    for each in climbed:
        seconds = each.reason if each.seconds is None else f"{each.seconds:.2f}"
        figures = f"{seconds} | {each.failed} | {each.longest_stall_ms:,.1f} | {each.p99_ms:,.2f}"
        yield f"| {each.transaction_ms} ms | {each.way} | {figures} |"
