"""What came in and went out, where it went, what one is worth, and what stands in the books."""
