"""What a check found, for people (terminal, HTML) and for programs (JSON)."""
