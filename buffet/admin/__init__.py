"""The admin of people and books, and the base of all its pages."""

from django.contrib import admin

from buffet.admin import people

__all__ = ["people"]

admin.site.index_template = "admin/house/index.html"
