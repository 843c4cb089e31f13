"""The API of cards, their statements and what is agreed to be paid."""
