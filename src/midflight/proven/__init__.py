"""What was proven before: kept with all that it rests upon, and restored where nothing of that has changed."""
