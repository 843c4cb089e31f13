"""Questions about cards and their statements."""
