"""A type as SQL names it, as one of SQLAlchemy's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.postgresql import ARRAY, TIME, TIMESTAMP
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import CHAR, Float

from midflight.errors import UsageError
from midflight.operations.same_type import normal_type

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

_TYPE = re.compile(
    r"(?P<name>[^()\[\]]+?)(?:\((?P<sizes>[\d, ]+)\))?(?P<rest> with(?:out)? time zone)?(?P<array>\[\])?"
)
_GENERIC = "sqlalchemy.sql.sqltypes"


def read_type(text: str) -> TypeEngine[Any]:
    """Return SQLAlchemy's type of a text such as ``bigint`` or ``varchar(40)``.

    Raises:
        UsageError: where SQLAlchemy has none of that name.
    """
    found = _TYPE.fullmatch(normal_type(text))
    known = found and ischema_names.get(found["name"] + (found["rest"] or ""))
    if not found or known is None:
        raise UsageError(f"{text} is no type that SQLAlchemy knows", hint="name one that it knows")
    sizes = [int(size) for size in (found["sizes"] or "").split(",") if size]
    type_ = _made(known, sizes, timezone=(found["rest"] or "").startswith(" with "))
    return ARRAY(type_) if found["array"] else type_


def _made(known: Any, sizes: list[int], *, timezone: bool) -> TypeEngine[Any]:  # noqa: ANN401 - one of its classes
    if known in {TIME, TIMESTAMP}:
        moment: TypeEngine[Any] = known(timezone=timezone, precision=sizes[0] if sizes else None)
        return moment if sizes else moment.as_generic()
    made: TypeEngine[Any] = known(*sizes)
    # What PostgreSQL alone has stays as it is; as_generic would make JSON of JSONB, Float of a double, String of char.
    is_standard = type(made).__module__ == _GENERIC and not isinstance(made, CHAR | Float)
    return made.as_generic() if is_standard else made
