"""Names as SQL text gives them: perhaps without a schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.pg.identifiers import QualifiedName


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a relation or type; ``schema`` is None where the statement leaves it to the search path."""

    schema: str | None
    name: str

    def __str__(self) -> str:
        """Write it for a person: without the schema where that is absent or ``public``."""
        return self.name if self.schema in {None, "public"} else f"{self.schema}.{self.name}"

    @property
    def sql(self) -> str:
        """The name as SQL, quoted, and qualified where the statement did."""
        quoted = quote_identifier(self.name)
        return quoted if self.schema is None else f"{quote_identifier(self.schema)}.{quoted}"

    def may_be(self, other: Name | QualifiedName) -> bool:
        """Tell whether both can mean one object: an absent schema can be any."""
        return self.name == other.name and (self.schema is None or other.schema is None or self.schema == other.schema)
