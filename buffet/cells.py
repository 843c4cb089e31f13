"""Cells of files for spreadsheets: none that would be taken for a formula, and all as they were."""

import re

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
# An apostrophe before a sign that begins a formula is one of ours, or has to be told from ours.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
#: The same for PostgreSQL's regular expressions, and what is a number.
FORMULA_SQL, NUMBER_SQL = r"^'*[=+\-@\t\r]", r"^[+-]?\d+(\.\d+)?$"


def harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def as_it_was(cell: str) -> str:
    """Return what `harmless` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
