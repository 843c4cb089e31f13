"""The admin of people and books, and the base of all its pages."""

from django.contrib import admin

from buffet.admin import people, supervising

__all__ = ["people", "supervising"]

admin.site.index_template = "admin/house/index.html"
