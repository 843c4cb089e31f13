"""The page of what is coming: a month's list and calendar, and where it leads."""
