"""Statements: each reads as on paper, and is changed only through the services."""

from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action

from buffet import money
from buffet.admin.base import HouseAdmin, actor, timeline
from buffet.admin.verbs import ask
from invoices import services
from invoices.admin.forms import MOST_LINES, LineMove, Payment, Settling, StatementChange
from invoices.models import AllocationChoice, Invoice, Section
from invoices.queries import lines, statements


@admin.register(Invoice)
class InvoicePage(HouseAdmin):
    """Statements of cards: their lines, what paid them, what changed after they had closed."""

    list_display = (
        "card_name", "month_name", "opens_on", "closes_on", "due_on", "total", "lines", "book",
    )  # fmt: skip
    list_select_related = ("card__account", "book")
    list_filter = ("dates_kept",)
    ordering = ("-month", "-id")
    date_hierarchy = "due_on"
    narrowed_by = {"card": ("-month",), "book": ("-month", "-id")}
    search_fields = ("card__account__name",)
    readonly_fields = ("month_name", "status", "statement", "paid_by", "after_closing")
    fields = (
        "card", "month_name", "status", "opens_on", "closes_on", "due_on", "dates_kept",
        "minimum_payment", "statement", "paid_by", "after_closing", "book", "version",
        "created_at", "maker", "created_via", "history",
    )  # fmt: skip
    actions_detail = ("change_dates", "move_line", "pay", "settle")

    @admin.display(description="Card", ordering="card__account__name")
    def card_name(self, invoice: Invoice) -> str:
        """Return the name of the card's account."""
        return invoice.card.account.name

    @admin.display(description="Month", ordering="month")
    def month_name(self, invoice: Invoice) -> str:
        """Return the month it is called by."""
        return f"{invoice.month:%Y-%m}"

    @admin.display(description="Total")
    def total(self, invoice: Invoice) -> str:
        """Return what it adds to the debt, with its currency."""
        currency = invoice.card.account.currency
        return f"{money.text(statements.total(invoice), currency)} {currency}"

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """Return a statement with what its page tells of it, asked once for all fields."""
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            found.told = statements.detail(_as_it_stands(found))
        return found

    @admin.display(description="Status")
    def status(self, invoice: Invoice) -> str:
        """Return where it stands today."""
        told = _told(invoice)
        return f"{told['status']}, {told['remaining']} {told['currency']} to pay"

    @admin.display(description="Statement")
    def statement(self, invoice: Invoice) -> str:
        """Return its lines by section and what they come to, as on paper."""
        told = _told(invoice)
        rows = lines.page(invoice.book_id, invoice.id, limit=MOST_LINES)
        place = list(Section.values).index
        rows.sort(key=lambda row: place(row["section"]))
        sections = [
            {"name": Section(name).label, "lines": list(of_it)}
            for name, of_it in groupby(rows, key=lambda row: row["section"])
        ]
        context = {
            "statement": told,
            "sections": sections,
            "shown": len(rows),
            "rest": told["lines"] > len(rows),
            "figures": [
                (name.capitalize(), told[name])
                for name in ("total", "paid", "remaining", "scheduled", "balance")
            ],
        }
        return render_to_string("admin/house/statement.html", context)

    @admin.display(description="Paid by")
    def paid_by(self, invoice: Invoice) -> str:
        """Return what paid it."""
        told = _told(invoice)
        return render_to_string("admin/house/paid_by.html", {"statement": told})

    @admin.display(description="Changed after closing")
    def after_closing(self, invoice: Invoice) -> str:
        """Return what changed after it had closed."""
        told = _told(invoice)
        return render_to_string("admin/house/after_closing.html", {"statement": told})

    @admin.display(description="History")
    def history(self, invoice: Invoice) -> str:
        """Return what happened to its dates, and to what was decided about its payments."""
        return timeline(invoice, (AllocationChoice, "invoice_id"))

    def has_correct_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whether the member of staff may change statements."""
        return request.user.has_perm("invoices.change_invoice")

    def has_pay_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Paying adds a transaction."""
        return request.user.has_perm("transactions.add_transaction")

    @action(description="Change dates", permissions=["correct"], url_path="change-dates")
    def change_dates(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Change its dates or its minimum payment; lines follow."""
        invoice = _found(object_id)
        told = statements.summary(_as_it_stands(invoice))
        names = ("opens_on", "closes_on", "due_on", "minimum_payment")

        def does(sent: dict[str, Any], table: Any) -> str:
            services.change_invoice(
                book=invoice.book,
                by=actor(request),
                invoice_id=invoice.pk,
                reason=sent["reason"],
                **{name: sent[name] for name in names if sent[name] != getattr(invoice, name)},
            )
            return _page_of(invoice)

        return ask(
            request,
            book=invoice.book,
            title=f"Change the statement of {told['card_name']}, {told['month']}",
            verb="Change",
            back=_page_of(invoice),
            does=does,
            form=StatementChange,
            initial={name: told[name] for name in names},
            sentence="The statements beside it end and begin where it begins and ends.",
        )

    @action(description="Move a line", permissions=["correct"], url_path="move-line")
    def move_line(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Move one of its lines to another statement of the card, where it stays."""
        invoice = _found(object_id)

        def does(sent: dict[str, Any], table: Any) -> str:
            moved_to = services.move_line(
                book=invoice.book,
                by=actor(request),
                entry_id=UUID(sent["line"]),
                invoice_id=UUID(sent["to"]) if sent["to"] else None,
                reason=sent["reason"],
            )
            return _page_of(moved_to)

        return ask(
            request,
            book=invoice.book,
            title=f"Move a line of {invoice.card.account.name}, {invoice.month:%Y-%m}",
            verb="Move",
            back=_page_of(invoice),
            does=does,
            form=partial(LineMove, invoice=invoice),
        )

    @action(description="Pay", permissions=["pay"], url_path="pay")
    def pay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Record a transfer that pays it."""
        invoice = _found(object_id)
        one = _as_it_stands(invoice)
        told, to_pay = statements.summary(one), money.text(one.unscheduled, one.currency)
        about = f"{told['remaining']} {told['currency']} remain, due on {told['due_on']}."
        if one.scheduled:
            about += f" {told['scheduled']} of it is scheduled for {one.scheduled_on}."

        def does(sent: dict[str, Any], table: Any) -> str:
            services.pay(
                book=invoice.book,
                by=actor(request),
                invoice_id=invoice.pk,
                today=invoice.book.day(timezone.now()),
                amount=sent["amount"],
                on=sent["date"],
                from_account_id=sent["from_account"].pk if sent["from_account"] else None,
                from_amount=sent["from_amount"],
                # What is new has no history before it: the payment itself says why.
                notes=sent["reason"],
            )
            return _page_of(invoice)

        return ask(
            request,
            book=invoice.book,
            title=f"Pay {told['card_name']}, {told['month']}",
            verb="Pay",
            back=_page_of(invoice),
            does=does,
            form=partial(Payment, invoice=invoice),
            initial={"from_account": invoice.card.paying_account_id, "amount": to_pay},
            figures=lambda: _settlement(invoice),
            sentence=about,
        )

    @action(description="Settle with a payment", permissions=["correct"], url_path="settle")
    def settle(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Decide whether a payment settles it."""
        invoice = _found(object_id)

        def does(sent: dict[str, Any], table: Any) -> str:
            entry_id, reason = UUID(sent["payment"]), sent["reason"]
            by, book, id = actor(request), invoice.book, invoice.pk
            if sent["settles"]:
                services.allocate(
                    book=book, by=by, invoice_id=id, entry_id=entry_id, amount=sent["amount"],
                    reason=reason,
                )  # fmt: skip
            else:
                services.take_back(
                    book=book, by=by, invoice_id=id, entry_id=entry_id, reason=reason,
                    today=book.day(timezone.now()),
                )  # fmt: skip
            return _page_of(invoice)

        return ask(
            request,
            book=invoice.book,
            title=f"Settle {invoice.card.account.name}, {invoice.month:%Y-%m}",
            verb="Settle",
            back=_page_of(invoice),
            does=does,
            form=partial(Settling, invoice=invoice),
            figures=lambda: _settlement(invoice),
        )


def _settlement(invoice: Invoice) -> dict[str, str]:
    """Return what is left to pay of each statement of the card."""
    today = invoice.book.day(timezone.now())
    of_card = statements.of_cards(invoice.book_id, today, [invoice.card_id])
    return {
        f"{one.invoice.month:%Y-%m}, to pay": money.text(one.remaining, one.currency)
        for found in of_card.values()
        for one in found.statements
    }


def _found(object_id: str) -> Invoice:
    rows = Invoice.objects.select_related("card__account", "book")
    found = rows.filter(pk=object_id).first()
    if found is None:
        raise Http404
    return found


def _as_it_stands(invoice: Invoice) -> statements.Statement:
    return statements.get(invoice.book_id, invoice.id, invoice.book.day(timezone.now()))


def _page_of(invoice: Invoice) -> str:
    return reverse("admin:invoices_invoice_change", args=[invoice.pk])


def _told(invoice: Invoice) -> dict[str, Any]:
    """Return what `get_object` has kept beside the columns."""
    return vars(invoice)["told"]
