"""Text that tries to be more than text, and a check's result in which every text is such."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from midflight.pg.identifiers import QualifiedName

if TYPE_CHECKING:
    from midflight.checks.result import CheckResult, RevisionResult
    from midflight.hazards.finding import Finding
    from midflight.trace.record import HeldLock, Relation, TracedStatement

TEXTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "]]><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    "</script><script>alert(1)</script>",
    "--><iframe src=javascript:alert(1)>",
    "javascript:alert(1)",
    "&lt;b&gt; &#60;b&#62; &amp",
    "{{ 7 * 7 }} ${7} %s {0}",
    "\x00\x01\x1b[31m\x7f\x80\x9f\ud800",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200f",
    "W" * 3_000,
    "\N{HEBREW LETTER ALEF}\N{ARABIC LETTER ALEF}\N{CJK UNIFIED IDEOGRAPH-4E2D}\N{PILE OF POO}",
    "",
]


def filled_with(text: str, result: CheckResult) -> CheckResult:
    """Put a text wherever a database or a revision could put one."""
    return replace(
        result,
        server=replace(result.server, where=text),
        subject=text,
        notes=(text,),
        findings=tuple(_finding(text, finding) for finding in result.revisions[1].findings),
        revisions=tuple(_revision(text, number, revision) for number, revision in enumerate(result.revisions)),
    )


def _revision(text: str, number: int, revision: RevisionResult) -> RevisionResult:
    trip = revision.round_trip
    return replace(
        revision,
        id=f"{text}{number}",
        title=text,
        path=Path(f"/{text}/{number}.py".replace("\0", "")),
        parents=(f"{text}{number - 1}", text) if number else (),
        reason=text,
        presumed=(text,),
        statements=tuple(_statement(text, statement) for statement in revision.statements),
        findings=tuple(_finding(text, finding) for finding in revision.findings),
        round_trip=replace(trip, reason=text, after_downgrade=tuple(f"- {text}" for _ in trip.after_downgrade)),
    )


def _finding(text: str, finding: Finding) -> Finding:
    return replace(
        finding, hazard=text, message=f"message {text}", fix=f"fix {text}", advice=f"advice {text}", table=text
    )


def _statement(text: str, statement: TracedStatement) -> TracedStatement:
    return replace(
        statement,
        sql=text,
        locks_taken=tuple(_lock(text, lock) for lock in statement.locks_taken),
        locks_held=tuple(_lock(text, lock) for lock in statement.locks_held),
        rewritten=tuple(_relation(text, relation) for relation in statement.rewritten),
        created=(QualifiedName(text, text),),
        error=text,
        sqlstate=text,
        unobserved=text,
    )


def _lock(text: str, lock: HeldLock) -> HeldLock:
    return replace(lock, relation=_relation(text, lock.relation))


def _relation(text: str, relation: Relation) -> Relation:
    table = QualifiedName(text, text) if relation.table else None
    return replace(relation, name=QualifiedName(text, f"{text}{relation.oid}"), table=table)
