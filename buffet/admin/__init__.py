"""The admin of people and books, and the base of all its pages."""

from buffet.admin import people

__all__ = ["people"]
