"""The pages of cards: their statements, what is due, and paying it."""
