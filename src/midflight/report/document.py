"""The public document of a check: what ``midflight check --format json`` prints. Its JSON schema is made from here."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION: Final = 1
"""Counted up when a field changes its meaning or goes; a new field alone does not count it up."""


class Part(BaseModel):
    """A part of the document."""

    model_config = ConfigDict(frozen=True)


Line = Annotated[int | None, Field(description="Line of the revision's file, from 1; null where it is not known.")]
Seconds = Annotated[float, Field(ge=0)]


class Server(Part):
    """The PostgreSQL on which it was proven."""

    version: str = Field(description="Such as 18.1.")
    major: int = Field(description="Such as 18.")
    origin: Literal["machine", "embedded", "given"] = Field(
        description="Where it came from: an installation of the machine, the embedded wheel, or a given address."
    )
    where: str = Field(description="The same for a person. It never holds a password.")


Name = Annotated[str, Field(description="As a person writes it: without the schema where that is public.")]


class Lock(Part):
    """A lock on a relation that other sessions can see."""

    relation: Name
    kind: str = Field(
        description="As pg_class.relkind: r table, p partitioned table, i index, I partitioned index, S sequence, "
        "v view, m materialized view, f foreign table, t TOAST table."
    )
    table: str | None = Field(description="For an index or a TOAST table: its table.")
    mode: str = Field(description="As LOCK TABLE spells it, such as ACCESS EXCLUSIVE.")
    blocks_reads: bool = Field(description="Whether a plain SELECT of another session waits.")
    blocks_writes: bool = Field(description="Whether an INSERT, UPDATE or DELETE of another session waits.")


class Scan(Part):
    """A relation that was read from beginning to end."""

    relation: Name
    rows: int = Field(ge=0, description="Rows that it had on the shadow, which has few.")


class Statement(Part):
    """One SQL statement as PostgreSQL ran it."""

    sql: str = Field(description="As it was sent.")
    line: Line
    transaction: int = Field(ge=1, description="Counts the revision's transactions.")
    autocommit: bool = Field(description="Whether it was sent outside of any transaction.")
    locks_taken: list[Lock] = Field(description="Locks that it added to those that its transaction held.")
    locks_held: list[Lock] = Field(description="Locks that its transaction held already while it ran.")
    rewritten: list[Name] = Field(description="Relations whose storage it wrote anew.")
    scanned: list[Scan] = Field(description="Relations that it read from beginning to end.")
    created: list[Name] = Field(description="Relations that it created.")
    started: Seconds = Field(description="Seconds from the revision's beginning.")
    seconds: Seconds = Field(description="Seconds that it took on the shadow.")
    held_seconds: Seconds = Field(description="Seconds that its locks were held, to the end of its transaction.")
    error: str | None = Field(description="PostgreSQL's message where it failed.")
    sqlstate: str | None = Field(description="PostgreSQL's error code where it failed.")
    unobserved: str | None = Field(description="Why its locks could not be observed; null where they were.")


class Finding(Part):
    """A hazard seen at a place."""

    hazard: str = Field(description="The hazard's id; `midflight explain ID` tells about it.")
    severity: Literal["error", "warning"] = Field(
        description="error: it hurts a live service as it is written; warning: it may. The settings may say otherwise."
    )
    message: str = Field(description="What a live service would feel.")
    fix: str | None = Field(description="The safe form, as code to paste.")
    advice: str | None = Field(description="What to do, in words, where there is no code to paste.")
    table: str | None = Field(description="The table that it concerns.")
    statement: int | None = Field(ge=0, description="Index in the revision's statements; null where it is about none.")
    line: Line
    basis: Literal["observed", "presumed", "grammar"] = Field(
        description="What it rests on: the statement's trace on the shadow; the same, where a column's type from which "
        "it follows was presumed; or the statement's text alone."
    )


class Suppressed(Finding):
    """A finding that a comment in the revision allows; it counts for nothing."""

    reason: str = Field(description="Why it is safe here, as the comment says.")


class RoundTrip(Part):
    """What upgrade, downgrade, upgrade came to, with the whole catalog compared."""

    status: Literal["same", "reordered", "differs", "irreversible", "failed", "not run"] = Field(
        description="same: each way leaves the catalog as it was; reordered: but for the order of columns; "
        "irreversible: the revision says itself that there is "
        "no way back."
    )
    reason: str | None = Field(description="Why it failed or is irreversible.")
    line: Line
    after_downgrade: list[str] = Field(
        description="Lines of a diff: the catalog after the downgrade compared with the one before the upgrade."
    )
    after_second_upgrade: list[str] = Field(
        description="Lines of a diff: the catalog after the second upgrade compared with the one after the first."
    )
    lost: list[str] = Field(
        description="What tables held before the upgrade and do not hold after the downgrade, in words."
    )


class Revision(Part):
    """One revision, or one SQL file, proven."""

    id: str = Field(description="The revision's id; for SQL the file's name.")
    title: str
    parents: list[str] = Field(description="The revisions on which it builds; none for a base or for SQL.")
    phase: Literal["expand", "migrate", "contract"] | None = Field(
        description="As its module says, else expand; null for SQL, which has none."
    )
    path: str | None = Field(description="Its file, relative to the current folder if it is in it; null for stdin.")
    outcome: Literal["passed", "failed", "not run"] = Field(
        description="not run: it was not reached, or what it builds upon failed."
    )
    reason: str | None = Field(description="Why it failed or was not run.")
    line: Line
    seconds: Seconds = Field(description="Seconds of its whole proof.")
    statements: list[Statement] = Field(description="What it sent; statements that only look are left out.")
    findings: list[Finding]
    suppressed: list[Suppressed] = Field(description="What was found and is allowed by a comment in the file.")
    round_trip: RoundTrip
    presumed: list[str] = Field(
        description="For SQL without a baseline: what it is the first file to presuppose, such as "
        "`table orders (id bigint, total integer)`."
    )


class Summary(Part):
    """The counts."""

    exit_code: int = Field(description="The exit code of the command: 0 fine, 1 findings.")
    revisions: int = Field(ge=0, description="Revisions, or SQL files, in this document.")
    skipped: int = Field(ge=0, description="Revisions that were applied but not proven: outside of the range.")
    outcomes: dict[str, int] = Field(description="How many revisions ended in which outcome.")
    severities: dict[str, int] = Field(description="How many findings are of which severity.")
    hazards: dict[str, int] = Field(description="How many findings are of which hazard.")
    suppressed: int = Field(ge=0, description="How many findings are allowed by comments; no other count has them.")
    round_trips: dict[str, int] = Field(description="How many round trips came to which status.")
    seconds: Seconds = Field(description="Seconds of the whole check.")


class Report(Part):
    """What a check found."""

    schema_version: Literal[1] = Field(default=SCHEMA_VERSION, description="The version of this document's form.")
    midflight_version: str
    subject: str = Field(description="What was checked: the project's configuration file, or the SQL files.")
    server: Server
    summary: Summary
    notes: list[str] = Field(description="What a reader should know of how it was checked.")
    findings: list[Finding] = Field(description="Findings about the history as a whole.")
    revisions: list[Revision] = Field(description="In the order in which they were run.")
