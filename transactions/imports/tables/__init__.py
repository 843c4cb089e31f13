"""Tables of movements: CSV in any of its kinds, and XLSX."""

from transactions.imports.tables.detecting import is_workbook
from transactions.imports.tables.profile import Profile
from transactions.imports.tables.reading import TableReading, read

__all__ = ["Profile", "TableReading", "is_workbook", "read"]
