"""Safe schema changes: one operation a file, arguments -> steps. No I/O."""
