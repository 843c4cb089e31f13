"""Staff's view of cards and their statements: read everywhere, changed only through services."""

from invoices.admin import beside, cards, plans, reading, statements

__all__ = ["beside", "cards", "plans", "reading", "statements"]
