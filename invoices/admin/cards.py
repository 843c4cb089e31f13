"""Cards: read with their statements, changed through the services."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action

from accounts.models import CardTerms, CreditCard
from buffet.admin.base import HouseAdmin, actor, timeline
from buffet.admin.verbs import ask
from invoices import services
from invoices.admin.forms import CardChange
from invoices.queries import cards


@admin.register(CreditCard)
class CreditCardPage(HouseAdmin):
    """Cards: what makes accounts cards, and the days of their statements; changed here."""

    list_display = ("name", "book", "brand", "last_four", "limit", "paying_account", "in_use")
    list_select_related = ("account", "book", "paying_account")
    list_filter = ("brand",)
    date_hierarchy = "created_at"
    search_fields = ("account__name", "last_four")
    readonly_fields = ("days", "state")
    fields = (
        "account", "book", "brand", "last_four", "limit", "paying_account", "closing_day_is_next",
        "days", "state", "version", "created_at", "maker", "created_via", "history",
    )  # fmt: skip
    actions_detail = ("change_card", "archive_or_reopen")

    @admin.display(description="Name", ordering="account__name")
    def name(self, card: CreditCard) -> str:
        """Return the name of its account."""
        return card.account.name

    @admin.display(description="In use", boolean=True)
    def in_use(self, card: CreditCard) -> bool:
        """Return whether its account takes entries."""
        return card.account.archived_at is None

    @admin.display(description="Days")
    def days(self, card: CreditCard) -> str:
        """Return on which days statements close and are due, and since when."""
        return "; ".join(
            f"closes on {one.closing_day}, due on {one.due_day}"
            + (f", from {one.from_month:%Y-%m}" if number else "")
            for number, one in enumerate(card.terms.order_by("from_month"))
        )

    @admin.display(description="State")
    def state(self, card: CreditCard) -> str:
        """Return what is owed and what is left of the limit."""
        row = cards.get(card.book_id, card.id, card.book.day(timezone.now()))
        left = "no limit" if row["available"] is None else f"{row['available']} available"
        return f"{row['outstanding']} {row['currency']} outstanding, {left}"

    @admin.display(description="History")
    def history(self, card: CreditCard) -> str:
        """Return what happened to the card and its days."""
        return timeline(card, (CardTerms, "card_id"))

    def has_change_card_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whether the member of staff may change cards."""
        return request.user.has_perm("accounts.change_creditcard")

    def _found(self, object_id: str) -> CreditCard:
        rows = CreditCard.objects.select_related("account", "book")
        found = rows.filter(pk=object_id).first()
        if found is None:
            raise Http404
        return found

    @action(description="Change", permissions=["change_card"], url_path="change-card")
    def change_card(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Change its limit, who pays it, and its days from a month on."""
        card = self._found(object_id)
        today = card.book.day(timezone.now())
        back = reverse("admin:accounts_creditcard_change", args=[card.pk])
        shown = cards.get(card.book_id, card.id, today)
        before = {name: shown[name] for name in ("closing_day", "due_day")}

        def does(sent: dict[str, Any], table: Any) -> str:
            month = sent["from_month"]
            days = {name: sent[name] for name in before if sent[name] != before[name] or month}
            if month:
                days["from_month"] = month.replace(day=1)
            services.change_card(
                book=card.book,
                by=actor(request),
                card_id=card.pk,
                today=today,
                limit=sent["limit"],
                paying_account_id=sent["paying_account"].pk if sent["paying_account"] else None,
                reason=sent["reason"],
                **days,
            )
            return back

        return ask(
            request,
            book=card.book,
            title=f"Change {card.account.name}",
            verb="Change",
            back=back,
            does=does,
            form=partial(CardChange, book=card.book),
            initial=before | {"limit": shown["limit"], "paying_account": card.paying_account_id},
            sentence="Without a month, new days hold from the current statement on.",
        )

    @action(description="Archive or reopen", permissions=["change_card"])
    def archive_or_reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Archive the card, or reopen it."""
        card = self._found(object_id)
        back = reverse("admin:accounts_creditcard_change", args=[card.pk])
        away = card.account.archived_at is not None
        verb = services.reopen_card if away else services.archive_card

        def does(sent: dict[str, Any], rows: Any) -> str:
            verb(book=card.book, by=actor(request), card_id=card.pk, reason=sent["reason"])
            return back

        name = "Reopen" if away else "Archive"
        title = f"{name} {card.account.name}"
        return ask(request, title=title, verb=name, back=back, does=does, book=card.book)
