"""The verbs of the ledger: the only writers of money."""

from transactions.services.accounts import delete_account, merge_categories, open_account
from transactions.services.applying import apply_rules, get_run, undo_run
from transactions.services.correcting import correct, correct_each
from transactions.services.deleting import delete, delete_each, restore
from transactions.services.importing import (
    LineChoice,
    Opening,
    UnreadableUpload,
    Wish,
    choose,
    commit,
    discard,
    get_import,
    inspect,
    match_again,
    preview,
    read_again,
    revert,
)
from transactions.services.merging import merge_vendors
from transactions.services.months import close_month, reopen_month
from transactions.services.payments import link_payment, link_payments, unlink_payment
from transactions.services.points import (
    change_point,
    create_point,
    delete_point,
    restore_point,
    revalue,
)
from transactions.services.profiles import (
    change_profile,
    create_profile,
    delete_profile,
    get_profile,
)
from transactions.services.rates import (
    change_own_rate,
    create_own_rate,
    delete_own_rate,
    get_own_rate,
)
from transactions.services.reconciling import reconcile, unlock
from transactions.services.recording import record, record_each, record_one
from transactions.services.returning import return_to, take_back
from transactions.services.rules import (
    change_rule,
    create_rule,
    delete_rule,
    get_rule,
    move_rule,
    order_rules,
)
from transactions.services.separating import NothingMerged, separate
from transactions.services.sorting import SortAs, sort_each
from transactions.services.subscriptions import (
    change_subscription,
    create_subscription,
    delete_subscription,
    end_subscription,
    get_subscription,
)
from transactions.services.trying import try_rules
from transactions.services.uniting import BroughtByImport, merge_into_transfer
from transactions.services.vendors import (
    change_vendor,
    create_vendor,
    delete_vendor,
    named_vendor,
)
from transactions.services.verifying import verify_books

__all__ = [
    "BroughtByImport",
    "LineChoice",
    "NothingMerged",
    "Opening",
    "SortAs",
    "UnreadableUpload",
    "Wish",
    "apply_rules",
    "change_own_rate",
    "change_point",
    "change_profile",
    "change_rule",
    "change_subscription",
    "change_vendor",
    "choose",
    "close_month",
    "commit",
    "correct",
    "correct_each",
    "create_own_rate",
    "create_point",
    "create_profile",
    "create_rule",
    "create_subscription",
    "create_vendor",
    "delete",
    "delete_account",
    "delete_each",
    "delete_own_rate",
    "delete_point",
    "delete_profile",
    "delete_rule",
    "delete_subscription",
    "delete_vendor",
    "discard",
    "end_subscription",
    "get_import",
    "get_own_rate",
    "get_profile",
    "get_rule",
    "get_run",
    "get_subscription",
    "inspect",
    "link_payment",
    "link_payments",
    "match_again",
    "merge_categories",
    "merge_into_transfer",
    "merge_vendors",
    "move_rule",
    "named_vendor",
    "open_account",
    "order_rules",
    "preview",
    "read_again",
    "reconcile",
    "record",
    "record_each",
    "record_one",
    "reopen_month",
    "restore",
    "restore_point",
    "return_to",
    "revalue",
    "revert",
    "separate",
    "sort_each",
    "take_back",
    "try_rules",
    "undo_run",
    "unlink_payment",
    "unlock",
    "verify_books",
]
