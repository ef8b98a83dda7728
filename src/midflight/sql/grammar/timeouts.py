"""SET lock_timeout, and SET timezone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as pb

from midflight.sql.objects import SetLockTimeout, SetTimeZone

if TYPE_CHECKING:
    from midflight.sql.changes import Change

_SETTING, _TIME_ZONE = "lock_timeout", "timezone"
_UNITS = {"us": 0.001, "ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
"""In milliseconds, which is also meant where no unit stands.
https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES"""


def read_set(statement: pb.VariableSetStmt) -> tuple[Change, ...]:
    """Read SET and RESET of the settings on which a verdict depends."""
    if statement.name.lower() == _TIME_ZONE and statement.kind == pb.VAR_SET_VALUE:
        return (SetTimeZone(),)
    if statement.name.lower() != _SETTING:
        return ()
    value = statement.args[0].a_const if statement.kind == pb.VAR_SET_VALUE else pb.A_Const()
    return (SetLockTimeout(_milliseconds(value), statement.is_local),)


def _milliseconds(value: pb.A_Const) -> int:
    text = value.sval.sval or value.fval.fval or str(value.ival.ival)
    found = re.fullmatch(r"\s*([\d.]+)\s*([a-z]*)\s*", text)
    return round(float(found[1]) * _UNITS.get(found[2] or "ms", 0)) if found else 0
