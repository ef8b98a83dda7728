"""One hazard a file: what hurts a live service, and a pure check that sees it in one statement."""
