"""Staff's view of cards and their statements: read everywhere, changed only through services."""

from invoices.admin import cards, plans, reading, statements

__all__ = ["cards", "plans", "reading", "statements"]
