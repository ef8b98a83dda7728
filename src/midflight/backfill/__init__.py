"""Changes of rows in the background: batches, pacing, ledger, workers."""
