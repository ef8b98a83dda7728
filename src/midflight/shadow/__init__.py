"""The shadow: the throw-away PostgreSQL on which revisions are run for proof."""
