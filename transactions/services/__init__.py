"""The verbs of the ledger: the only writers of money."""

from transactions.services.accounts import delete_account, merge_categories, open_account
from transactions.services.correcting import correct, correct_each
from transactions.services.deleting import delete, delete_each, restore
from transactions.services.importing import (
    LineChoice,
    UnreadableUpload,
    Wish,
    choose,
    commit,
    discard,
    get_import,
    inspect,
    preview,
    read_again,
    revert,
)
from transactions.services.months import close_month, reopen_month
from transactions.services.payments import link_payment, unlink_payment
from transactions.services.points import change_point, create_point, delete_point, revalue
from transactions.services.profiles import (
    change_profile,
    create_profile,
    delete_profile,
    get_profile,
)
from transactions.services.reconciling import reconcile, unlock
from transactions.services.recording import record, record_each, record_one
from transactions.services.subscriptions import (
    change_subscription,
    create_subscription,
    delete_subscription,
    end_subscription,
    get_subscription,
)
from transactions.services.vendors import change_vendor, create_vendor, delete_vendor

__all__ = [
    "LineChoice",
    "UnreadableUpload",
    "Wish",
    "change_point",
    "change_profile",
    "change_subscription",
    "change_vendor",
    "choose",
    "close_month",
    "commit",
    "correct",
    "correct_each",
    "create_point",
    "create_profile",
    "create_subscription",
    "create_vendor",
    "delete",
    "delete_account",
    "delete_each",
    "delete_point",
    "delete_profile",
    "delete_subscription",
    "delete_vendor",
    "discard",
    "end_subscription",
    "get_import",
    "get_profile",
    "get_subscription",
    "inspect",
    "link_payment",
    "merge_categories",
    "open_account",
    "preview",
    "read_again",
    "reconcile",
    "record",
    "record_each",
    "record_one",
    "reopen_month",
    "restore",
    "revalue",
    "revert",
    "unlink_payment",
    "unlock",
]
