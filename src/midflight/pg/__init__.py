"""PostgreSQL's own vocabulary: lock modes, identifiers, versions, addresses. No I/O."""
