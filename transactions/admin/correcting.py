"""Transactions and deleted ones: corrected, deleted and restored through the services."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from accounts.models import Account
from buffet.admin.base import HouseAdmin, actor, timeline
from buffet.admin.lists import DOORS, one_of
from buffet.admin.verbs import Reason, ask, offer, offer_rows
from buffet.models import Book
from transactions import services
from transactions.admin import selecting
from transactions.admin.document import document
from transactions.drafts import Changes, EntryChange
from transactions.models import Entry, Status, Transaction, TransactionEvent, Vendor
from transactions.queries import earlier


class Correction(Reason):
    """What may change about a transaction itself."""

    date = forms.DateField(widget=UnfoldAdminSingleDateWidget)
    description = forms.CharField(max_length=500, widget=UnfoldAdminTextInputWidget)
    vendor = forms.ModelChoiceField(
        Vendor.objects.none(), required=False, widget=UnfoldAdminSelectWidget
    )
    notes = forms.CharField(max_length=2000, required=False, widget=UnfoldAdminTextareaWidget)
    field_order = ("date", "description", "vendor", "notes", "reason")

    def __init__(self, *args: Any, book: Book, **more: Any) -> None:
        super().__init__(*args, **more)
        # Whole, since a part of it cannot be asked for what was chosen.
        offer_rows(self, "vendor", Vendor.objects.filter(book=book).order_by("name"))


class Return(Reason):
    """Before which of its changes a transaction shall be again."""

    step = forms.TypedChoiceField(
        coerce=UUID,
        label="As it was before",
        widget=UnfoldAdminSelectWidget,
        error_messages={"required": "Choose one of its changes."},
    )
    field_order = ("step", "reason")

    def __init__(self, *args: Any, steps: Sequence[earlier.Step], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "step", [(str(one.id), _named(one)) for one in steps])


def _named(step: earlier.Step) -> str:
    """Return by what people know a change."""
    said = f"{step.at:%Y-%m-%d %H:%M:%S} UTC by {step.who} through {step.door}"
    return f"{said}: {step.reason}" if step.reason else said


class EntryRow(forms.Form):
    """One entry: changed, removed, or new where it has no id."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    account = forms.ModelChoiceField(
        Account.objects.none(), required=False, widget=UnfoldAdminSelectWidget
    )
    amount = forms.DecimalField(
        max_digits=23, decimal_places=8, required=False, widget=UnfoldAdminTextInputWidget
    )
    currency = forms.CharField(max_length=3, required=False, widget=UnfoldAdminTextInputWidget)
    status = forms.ChoiceField(choices=Status.choices, widget=UnfoldAdminSelectWidget)
    remove = forms.BooleanField(required=False, widget=UnfoldBooleanWidget)

    def __init__(self, *args: Any, book: Book, **more: Any) -> None:
        super().__init__(*args, **more)
        # The chart of one book, never that of another.
        offer_rows(self, "account", Account.objects.filter(book=book).order_by("type", "name"))

    def change(self) -> EntryChange | None:
        """Return what this row asks for; None for an empty one."""
        sent = self.cleaned_data
        if sent["remove"] and sent["id"]:
            return EntryChange(sent["id"], remove=True)
        if not sent["account"] or sent["amount"] is None:
            return None
        account = sent["account"]
        given = {
            "account_id": account.pk,
            "amount": sent["amount"],
            "currency": account.currency or sent["currency"].upper(),
            "status": sent["status"],
        }
        return EntryChange(sent["id"], given=given)


@admin.register(Transaction)
class TransactionPage(HouseAdmin):
    """Transactions: each reads like a document, and is changed only through the services."""

    list_display = ("date", "description", "book", "vendor", "source", "created_at", "created_via")
    list_select_related = ("book", "vendor")
    list_filter = ("source", one_of("created_via", *DOORS))
    is_large = True
    narrowed_by = {"book": ("-date", "-id")}
    filters_days = True
    date_hierarchy = "date"
    search_fields = ("description",)
    readonly_fields = ("document",)
    fieldsets = (
        (None, {"fields": ("document",)}),
        (None, {"fields": ("history", "version")}),
    )
    actions_detail = ("correct", "return_to", "remove")
    actions = ("export_selection", "move_selection", "delete_selection")

    @admin.action(description="Move between accounts", permissions=["correct"])
    def move_selection(self, request: HttpRequest, rows: Any) -> Any:
        """Move what is on one account to another."""
        return selecting.move(request, rows)

    @admin.action(description="Delete the selection", permissions=["remove"])
    def delete_selection(self, request: HttpRequest, rows: Any) -> Any:
        """Delete the transactions, all or none."""
        return selecting.delete(request, rows)

    @admin.display(description="Document")
    def document(self, obj: Transaction) -> str:
        """Return it with its entries, and links to all that it stands on."""
        return document(obj)

    @admin.display(description="History")
    def history(self, obj: Transaction) -> str:
        """Return what happened to the transaction and its entries."""
        return timeline(obj, (Entry, "transaction_id"))

    def has_correct_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Correcting is a change of transactions."""
        return request.user.has_perm("transactions.change_transaction")

    def has_remove_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Removing is a deletion of transactions."""
        return request.user.has_perm("transactions.delete_transaction")

    def _found(self, object_id: str) -> Transaction:
        found = Transaction.objects.select_related("book").filter(pk=object_id).first()
        if found is None:
            raise Http404
        return found

    @action(description="Correct", permissions=["correct"], url_path="correct")
    def correct(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Correct the transaction and its entries, all at once."""
        found = self._found(object_id)
        back = reverse("admin:transactions_transaction_change", args=[found.pk])
        rows = forms.formset_factory(EntryRow, extra=2)
        there = [
            {
                "id": entry.pk,
                "account": entry.account_id,
                "amount": f"{entry.amount.normalize():f}",
                "currency": entry.currency,
                "status": entry.status,
            }
            for entry in found.entries.order_by("id")
        ]

        def does(sent: dict[str, Any], table: Any) -> str:
            given = {
                "date": sent["date"],
                "description": sent["description"],
                "vendor_id": sent["vendor"].pk if sent["vendor"] else None,
                "notes": sent["notes"],
            }
            changes = [change for row in table if (change := row.change()) is not None]
            services.correct(
                book=found.book,
                by=actor(request),
                transaction_id=found.pk,
                changes=Changes(given, tuple(changes)),
                reason=sent["reason"],
            )
            return back

        return ask(
            request,
            book=found.book,
            title=f"Correct “{found.description}”",
            verb="Correct",
            back=back,
            does=does,
            form=partial(Correction, book=found.book),
            initial={
                "date": found.date,
                "description": found.description,
                "vendor": found.vendor_id,
                "notes": found.notes,
            },
            rows=lambda sent: rows(sent, initial=there, form_kwargs={"book": found.book}),
            sentence="Entries of each currency add up to zero: debits positive, credits negative.",
        )

    @action(description="Return to an earlier state", permissions=["correct"], url_path="return-to")
    def return_to(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make the transaction what it was before one of its changes."""
        found = self._found(object_id)
        back = reverse("admin:transactions_transaction_change", args=[found.pk])
        steps = earlier.steps(found.pk)

        def does(sent: dict[str, Any], table: Any) -> str:
            services.return_to(
                book=found.book,
                by=actor(request),
                transaction_id=found.pk,
                step_id=sent["step"],
                reason=sent["reason"],
            )
            return back

        known = "Its later changes are undone at once; a vendor that was deleted since is left out."
        return ask(
            request,
            book=found.book,
            title=f"Return “{found.description}” to an earlier state",
            verb="Return",
            back=back,
            does=does,
            form=partial(Return, steps=steps),
            sentence=known if steps else "Nothing has changed since it was recorded.",
        )

    @action(description="Delete", permissions=["remove"], url_path="remove")
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Delete the transaction; it can be restored."""
        found = self._found(object_id)

        def does(sent: dict[str, Any], table: Any) -> str:
            services.delete(
                book=found.book,
                by=actor(request),
                transaction_ids=[found.pk],
                reason=sent["reason"],
            )
            return reverse("admin:transactions_transactionevent_changelist")

        return ask(
            request,
            book=found.book,
            title=f"Delete “{found.description}” of {found.date}",
            verb="Delete",
            back=reverse("admin:transactions_transaction_change", args=[found.pk]),
            does=does,
            sentence="It can be restored from Deleted transactions, under the same id.",
        )


@admin.register(TransactionEvent)
class DeletedPage(HouseAdmin):
    """Deleted transactions, newest first; each can be restored."""

    list_display = ("pgh_created_at", "date", "description", "book", "who", "reason")
    list_select_related = ("book", "pgh_context")
    ordering = ("-pgh_id",)
    date_hierarchy = "pgh_created_at"
    search_fields = ("description",)
    search_ids = ("pgh_obj_id",)
    actions_detail = ("restore",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Keep the deletions."""
        return super().get_queryset(request).filter(pgh_label="delete")

    @admin.display(description="By")
    def who(self, obj: TransactionEvent) -> str:
        """Return who deleted it."""
        return obj.pgh_context.metadata.get("email", "") if obj.pgh_context else ""

    @admin.display(description="Reason")
    def reason(self, obj: TransactionEvent) -> str:
        """Return why."""
        return obj.pgh_context.metadata.get("reason", "") if obj.pgh_context else ""

    def has_restore_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Restoring adds a transaction."""
        return request.user.has_perm("transactions.add_transaction")

    @action(description="Restore", permissions=["restore"], url_path="restore")
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Bring the transaction back."""
        event = self.get_queryset(request).filter(pk=object_id).first()
        if event is None:
            raise Http404

        def does(sent: dict[str, Any], table: Any) -> str:
            services.restore(
                book=event.book,
                by=actor(request),
                transaction_id=event.pgh_obj_id,
                reason=sent["reason"],
            )
            return reverse("admin:transactions_transaction_change", args=[event.pgh_obj_id])

        return ask(
            request,
            book=event.book,
            title=f"Restore “{event.description}” of {event.date}",
            verb="Restore",
            back=reverse("admin:transactions_transactionevent_changelist"),
            does=does,
        )
