"""Which days of which account are backed by statements, as a calendar."""
