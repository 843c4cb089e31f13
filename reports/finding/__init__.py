"""The page on which transactions are found, and sorted: given a category, a vendor, a status."""
