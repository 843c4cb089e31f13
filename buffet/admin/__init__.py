"""The admin of people and books, and the base of all its pages."""

from buffet.admin import people, supervising

__all__ = ["people", "supervising"]
