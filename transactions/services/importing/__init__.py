"""Bring a bank's statement into an account: preview, choose, commit, revert."""

from transactions.services.importing.choosing import LineChoice, choose
from transactions.services.importing.committing import commit
from transactions.services.importing.inspecting import inspect
from transactions.services.importing.matching_again import match_again
from transactions.services.importing.previewing import discard, preview, read_again
from transactions.services.importing.reading import Opening, UnreadableUpload, Wish
from transactions.services.importing.reverting import revert
from transactions.services.importing.standing import get_import

__all__ = [
    "LineChoice",
    "Opening",
    "UnreadableUpload",
    "Wish",
    "choose",
    "commit",
    "discard",
    "get_import",
    "inspect",
    "match_again",
    "preview",
    "read_again",
    "revert",
]
