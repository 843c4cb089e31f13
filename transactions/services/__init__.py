"""The verbs of the ledger: the only writers of money."""

from transactions.services.accounts import delete_account, merge_categories, open_account
from transactions.services.correcting import correct
from transactions.services.deleting import delete, restore
from transactions.services.importing import commit, discard, get_import, preview, revert
from transactions.services.months import close_month, reopen_month
from transactions.services.recording import record
from transactions.services.vendors import change_vendor, create_vendor, delete_vendor

__all__ = [
    "change_vendor",
    "close_month",
    "commit",
    "correct",
    "create_vendor",
    "delete",
    "delete_account",
    "delete_vendor",
    "discard",
    "get_import",
    "merge_categories",
    "open_account",
    "preview",
    "record",
    "reopen_month",
    "restore",
    "revert",
]
