"""What staff do to a selection of transactions: move what is on one account, or delete."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.models import Account
from buffet.admin.base import actor
from buffet.admin.exporting import carried
from buffet.admin.verbs import Reason, ask, offer_rows
from buffet.errors import Refusal
from transactions import services
from transactions.drafts import Changes, Correction, EntryChange
from transactions.models import Entry, Transaction

#: The transactions of one selection.
MOST = 500


class NothingMoves(Refusal):
    """None of these transactions has an entry on this account."""

    code = "nothing_moves"


class Move(Reason):
    """From which account or category to which."""

    source = forms.ModelChoiceField(
        Account.objects.none(), label="What is on", widget=UnfoldAdminSelectWidget
    )
    target = forms.ModelChoiceField(
        Account.objects.none(), label="goes to", widget=UnfoldAdminSelectWidget
    )
    field_order = ("source", "target", "reason")

    def __init__(self, *args: Any, rows: QuerySet, book_id: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        ids = Entry.objects.filter(transaction__in=rows).values("account_id")
        accounts = Account.objects.filter(book=book_id).order_by("type", "name")
        offer_rows(self, "source", accounts.filter(id__in=ids))
        offer_rows(self, "target", accounts)


def move(request: HttpRequest, rows: QuerySet) -> HttpResponse | None:
    """Ask from where to where, and correct the transactions."""
    chosen = _of_one_book(request, rows)
    if chosen is None:
        return None
    book = chosen[0].book

    def does(sent: dict[str, Any], table: Any) -> str:
        entries = Entry.objects.filter(transaction__in=chosen, account=sent["source"])
        changes: dict[Any, list[EntryChange]] = {}
        for entry in entries.order_by("transaction_id", "id"):
            change = EntryChange(entry.pk, given={"account_id": sent["target"].pk})
            changes.setdefault(entry.transaction_id, []).append(change)
        if not changes:
            raise NothingMoves
        services.correct_each(
            book=book,
            by=actor(request),
            rows=[Correction(id, Changes({}, tuple(each))) for id, each in changes.items()],
            reason=sent["reason"],
        )
        return reverse("admin:transactions_transaction_changelist")

    ids = [one.pk for one in chosen]
    return ask(
        request,
        title=f"Move entries of {len(chosen)} transactions",
        verb="Move",
        back=request.get_full_path(),
        does=does,
        form=partial(Move, rows=Transaction.objects.filter(pk__in=ids), book_id=book.pk),
        book=book,
        carried=carried(request),
    )


def delete(request: HttpRequest, rows: QuerySet) -> HttpResponse | None:
    """Ask why, and delete the transactions, all or none."""
    chosen = _of_one_book(request, rows)
    if chosen is None:
        return None
    book = chosen[0].book

    def does(sent: dict[str, Any], table: Any) -> str:
        services.delete(
            book=book,
            by=actor(request),
            transaction_ids=[one.pk for one in chosen],
            reason=sent["reason"],
        )
        return reverse("admin:transactions_transactionevent_changelist")

    return ask(
        request,
        title=f"Delete {len(chosen)} transactions",
        verb="Delete",
        back=request.get_full_path(),
        does=does,
        sentence="Each can be restored from Deleted transactions, under the same id.",
        book=book,
        carried=carried(request),
    )


def _of_one_book(request: HttpRequest, rows: QuerySet) -> list[Transaction] | None:
    chosen = list(rows.select_related("book")[: MOST + 1])
    if len(chosen) > MOST:
        messages.error(request, f"At once, {MOST} transactions are changed: choose fewer.")
        return None
    if len({one.book_id for one in chosen}) != 1:
        messages.error(request, "These are of several books: choose those of one.")
        return None
    return chosen
