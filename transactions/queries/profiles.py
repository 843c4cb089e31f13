"""Which saved profile a bank's table is read with."""

from collections.abc import Callable

from django.db.models import F, Q

from accounts.models import Account
from buffet.models import Book
from transactions.imports.tables import Profile
from transactions.imports.tables.profile import from_json
from transactions.models import ImportProfile


def remembered(book: Book, account: Account | None) -> Callable[[str], Profile | None]:
    """Return what finds the saved profile of a header's fingerprint.

    The account's own goes before one for all accounts, the newest before older ones.
    """

    def recall(fingerprint: str) -> Profile | None:
        known = ImportProfile.objects.filter(book=book, fingerprint=fingerprint)
        fitting = known.filter(Q(account=account) | Q(account=None))
        found = fitting.order_by(F("account").asc(nulls_last=True), "-id").first()
        return None if found is None else from_json(found.profile)

    return recall
