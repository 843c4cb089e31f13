"""What is left to do before a month is closed; closing and reopening it."""
