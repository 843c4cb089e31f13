"""Pages of statements that are only read."""

from typing import Any

from django.contrib import admin

from accounts.models import CardTerms
from buffet import money
from buffet.admin.base import HouseAdmin
from buffet.admin.lists import DOORS, one_of
from invoices.models import AllocationChoice, Installment, InvoiceChange, InvoiceLine


@admin.register(CardTerms)
class CardTermsPage(HouseAdmin):
    """On which days the statements of cards close and are due."""

    list_display = ("card_name", "book", "from_month", "closing_day", "due_day")
    list_select_related = ("card__account", "book")
    date_hierarchy = "from_month"
    search_fields = ("card__account__name",)

    @admin.display(description="Card", ordering="card__account__name")
    def card_name(self, terms: CardTerms) -> str:
        """Return the name of the card's account."""
        return terms.card.account.name


@admin.register(InvoiceLine)
class InvoiceLinePage(HouseAdmin):
    """What stands on statements: kept by the database, found by the entry's id."""

    list_display = ("date", "card_name", "invoice", "section", "money", "chosen_month", "book")
    list_select_related = ("card__account", "invoice", "book")
    list_filter = ("section",)
    ordering = ("-entry_id",)
    is_large = True
    narrowed_by = {"invoice": ("date", "entry_id"), "card": ("-date", "-entry_id")}
    date_hierarchy = "date"
    search_ids = ("pk", "transaction_id")
    searched_through = "card"
    search_help_text = "A card's name, or the id of an entry or of a transaction"
    search_fields = ("card__account__name",)

    @admin.display(description="Card")
    def card_name(self, line: InvoiceLine) -> str:
        """Return the name of the card's account."""
        return line.card.account.name

    @admin.display(description="Amount", ordering="amount")
    def money(self, line: InvoiceLine) -> str:
        """Return the amount as on paper: what is owed is positive."""
        return money.text(-line.amount, line.card.account.currency)


@admin.register(InvoiceChange)
class InvoiceChangePage(HouseAdmin):
    """What changed on statements after they had closed."""

    list_display = ("changed_at", "card_name", "invoice", "date", "was", "became", "changed_via")
    list_select_related = ("invoice__card__account",)
    list_filter = (one_of("changed_via", *DOORS),)
    date_hierarchy = "changed_at"
    search_fields = ("invoice__card__account__name",)

    @admin.display(description="Card")
    def card_name(self, change: InvoiceChange) -> str:
        """Return the name of the card's account."""
        return change.invoice.card.account.name

    @admin.display(description="Before")
    def was(self, change: InvoiceChange) -> str:
        """Return the amount before, as on paper."""
        return _paper(change, change.before)

    @admin.display(description="After")
    def became(self, change: InvoiceChange) -> str:
        """Return the amount after, as on paper."""
        return _paper(change, change.after)


def _paper(change: InvoiceChange, amount: Any) -> str:
    return "—" if amount is None else money.text(-amount, change.invoice.card.account.currency)


@admin.register(AllocationChoice)
class AllocationChoicePage(HouseAdmin):
    """What people decided about which payment settles which statement."""

    list_display = ("card_name", "invoice", "entry_id", "refused", "amount", "book", "created_via")
    list_select_related = ("invoice__card__account", "book")
    list_filter = ("refused",)
    date_hierarchy = "created_at"
    search_fields = ("invoice__card__account__name",)

    @admin.display(description="Card")
    def card_name(self, choice: AllocationChoice) -> str:
        """Return the name of the card's account."""
        return choice.invoice.card.account.name


@admin.register(Installment)
class InstallmentPage(HouseAdmin):
    """The parcels of plans, each with the transaction that it is."""

    list_display = ("date", "plan_name", "number", "fate", "book")
    list_select_related = ("plan", "book")
    list_filter = ("fate",)
    ordering = ("-id",)
    date_hierarchy = "date"
    search_fields = ("plan__description",)

    @admin.display(description="Plan")
    def plan_name(self, parcel: Installment) -> str:
        """Return what was bought."""
        return parcel.plan.description
