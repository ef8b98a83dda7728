"""The JSON schema of the public document: ``python -m midflight.report.schema`` prints it."""

from __future__ import annotations

import json
import sys

from midflight.report.document import Report

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""Which pydantic writes."""


def schema_text() -> str:
    """Write the schema as it is committed."""
    schema = {"$schema": DIALECT, **Report.model_json_schema(mode="serialization")}
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
