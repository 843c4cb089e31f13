"""Cards as their readers see them: what is owed, what is left of the limit, the statements."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from buffet import money
from buffet.errors import NotFound
from buffet.rest.times import instant
from invoices.queries import statements
from invoices.queries.statements import CardStatements, Statement
from transactions.queries import balances


def cards(
    book_id: UUID, today: date, card_ids: Sequence[UUID] | None = None
) -> list[dict[str, Any]]:
    """Return a book's cards by name; as many database statements for one as for a hundred.

    `outstanding` is what is owed at the end of today, `committed` what purchases dated ahead add to
    it (instalments to come), whatever is paid or comes back after today; `available` is the limit
    less both, `utilisation` the share of the limit that is outstanding. Amounts are in the card's
    currency.
    """
    return shown(book_id, today, statements.of_cards(book_id, today, card_ids))


def shown(book_id: UUID, today: date, found: Mapping[UUID, CardStatements]) -> list[dict[str, Any]]:
    """Return cards by name, for those who have read their statements; one database statement."""
    if not found:
        return []
    accounts = [one.card.account_id for one in found.values()]
    rows = {UUID(row["id"]): row for row in balances.accounts(book_id, today, ids=accounts)}
    every = [_card(one, rows[one.card.account_id], today) for one in found.values()]
    return sorted(every, key=lambda one: (one["name"], str(one["id"])))


def get(book_id: UUID, card_id: UUID, today: date) -> dict[str, Any]:
    """Return one card.

    :raises NotFound: if the book has no such card.
    """
    found = cards(book_id, today, [card_id])
    if not found:
        raise NotFound("There is no such card in this book.")
    return found[0]


def _card(one: CardStatements, account: dict[str, Any], today: date) -> dict[str, Any]:
    card, currency = one.card, one.card.account.currency
    outstanding, committed = -Decimal(account["balance"]), one.committed
    limit, terms = card.limit, one.terms_on(today)

    def text(amount: Decimal | None) -> str | None:
        return None if amount is None else money.text(amount, currency)

    return {
        "id": card.id,
        "account": card.account_id,
        "name": card.account.name,
        "currency": currency,
        "broker": account["broker"],
        "broker_name": account["broker_name"],
        "brand": card.brand,
        "last_four": card.last_four,
        "limit": text(limit),
        "closing_day": terms.closing_day,
        "due_day": terms.due_day,
        "closing_day_is_next": card.closing_day_is_next,
        "paying_account": card.paying_account_id,
        "paying_account_name": card.paying_account.name if card.paying_account else None,
        "outstanding": text(outstanding),
        "committed": text(committed),
        "available": text(None if limit is None else limit - outstanding - committed),
        "utilisation": f"{outstanding / limit:.4f}" if limit else None,
        "credit": text(one.settlement.credit),
        "current_statement": _brief(one.current(today)),
        "next_statement": _brief(one.following(today)),
        "archived_at": instant(card.account.archived_at) if card.account.archived_at else None,
        "version": card.version,
        "created_at": instant(card.created_at),
        "updated_at": instant(card.updated_at),
    }


def _brief(one: Statement | None) -> dict[str, Any] | None:
    if one is None:
        return None
    row = one.invoice
    return {
        "id": row.id,
        "month": f"{row.month:%Y-%m}",
        "opens_on": row.opens_on,
        "closes_on": row.closes_on,
        "due_on": row.due_on,
        "status": one.status,
        "total": money.text(one.total, one.currency),
        "remaining": money.text(one.remaining, one.currency),
    }
