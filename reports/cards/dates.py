"""The page on which a statement's dates are changed, as the bank moved them."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from buffet.audit import writing
from invoices import services
from reports.book_page import book_form, read
from reports.deeds import done
from reports.forms import amount_typed, as_typed
from reports.meanwhile import Amending
from reports.queries.statement import StatementOfMonth, statement_of_month
from reports.recording import fields
from reports.requests import PageRequest
from reports.templatetags.figures import month as named


class Moving(Amending):
    """A statement's dates as its paper has them, and the least that the bank wants."""

    action = "keep"

    opens_on = fields.Day(
        label=_("First day"), help_text=_("The statement before ends where this one begins.")
    )
    closes_on = fields.Day(
        label=_("Last day"), help_text=_("The statement after begins where this one ends.")
    )
    due_on = fields.Day(label=_("Due"))
    minimum_payment = forms.CharField(
        max_length=40,
        required=False,
        widget=fields.number(),
        help_text=_("Leave it empty if the bank names none."),
    )

    def __init__(self, request: PageRequest, found: StatementOfMonth) -> None:
        self.found, self.currency = found, found.statement.currency
        super().__init__(request)
        label = gettext("Minimum payment, {currency}").format(currency=self.currency)
        self.fields["minimum_payment"].label = label
        self.show_what_was()

    def as_it_is(self) -> dict[str, Any]:
        """Return what the fields hold of the statement as it was read last."""
        row = self.found.statement.invoice
        least = row.minimum_payment
        days = {name: getattr(row, name) for name in ("opens_on", "closes_on", "due_on")}
        return {name: one.isoformat() for name, one in days.items()} | {
            "minimum_payment": "" if least is None else as_typed(least, self.currency)
        }

    def clean_minimum_payment(self) -> Decimal | None:
        """Return the least that the bank wants, in the card's currency."""
        sent = self.cleaned_data["minimum_payment"]
        return amount_typed(sent, self.currency) if sent else None

    def carry_out(self) -> None:
        """Change what is another than it was when the form was shown.

        :raises ChangedMeanwhile: if somebody else changed the same since.
        :raises Refusal: if the service will not.
        """
        invoice, book = self.found.statement.invoice, self.who["book"]
        with writing(book.id, by=self.who["by"]):
            # Whoever held the book until now may have changed it after this request had read it.
            today = self.request.today
            self.found = statement_of_month(book.id, invoice.card_id, invoice.month, today)
            self.agree(self.changed_data)
            given = {name: self.cleaned_data[name] for name in self.changed_data}
            services.change_invoice(**self.who, invoice_id=invoice.id, **given)


@book_form
def change_statement(request: PageRequest, id: UUID, month: date) -> HttpResponseBase:
    """From when to when does this statement collect purchases, and when is it due?"""
    read(request, {})
    found = statement_of_month(request.book.id, id, month, request.today)
    form = None
    if request.may_write and request.known_on is None:
        form = Moving(request, found)
    status = 200
    if request.method == "POST":
        status = done(form if form is not None and form.is_bound else None)
        if not status:
            along = f"&{request.kept}" if request.kept else ""
            where = f"{reverse('statement', args=(id, month))}?told=changed{along}#content"
            return HttpResponse(status=303, headers={"Location": where})
    one = found.statement
    context = {
        "card": found.card.card,
        "name": one.name,
        "invoice": one.invoice,
        "heading": f"{one.name}, {named(month)}",
        "form": form,
    }
    return render(request, "reports/cards/dates.html", context, status=status)
