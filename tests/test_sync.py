"""A client that follows the feed of changes holds exactly the book, whatever goes on meanwhile."""

import random
import threading
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from conftest import TODAY, Api
from django.db import connection
from django.test import Client
from writes import WRITES, Scene, send

from accounts import services as chart
from accounts.models import Account, BookRate, Broker, CardTerms, CreditCard
from buffet.audit import Actor
from buffet.models import Book, BookRow, User
from buffet.money import text
from buffet.rest.times import instant
from invoices.models import AllocationChoice, InstallmentPlan, Invoice, InvoiceLine
from invoices.queries import installments
from transactions import services as ledger
from transactions.drafts import Changes, Draft
from transactions.models import (
    BalancePoint,
    ClosedMonth,
    Import,
    ImportProfile,
    Rule,
    RuleRun,
    Subscription,
    Transaction,
    Vendor,
)
from transactions.queries.feed import RESOURCES

pytestmark = pytest.mark.django_db(transaction=True)


class Mirror:
    """A client's copy of a book: what the feed said last of each row."""

    def __init__(self, api: Api, limit: int) -> None:
        self.api, self.limit, self.version = api, limit, 0
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.pages = 0

    def catch_up(self) -> None:
        """Follow the feed to its end."""
        path = f"/sync?since={self.version}&limit={self.limit}"
        while path:
            answer = self.api.get(path)
            assert answer.status_code == 200, answer.content
            found = answer.json()
            self.pages += 1
            assert len(found["results"]) <= self.limit
            for row in found["results"]:
                if row["deleted"]:
                    self.rows.pop((row["resource"], row["id"]), None)
                else:
                    assert row["data"]["id"] == row["id"]
                    self.rows[row["resource"], row["id"]] = row["data"]
            assert found["has_more"] == (found["next"] is not None)
            assert found["version"] >= self.version
            self.version = found["version"]
            path = (found["next"] or "").partition("/api/v1")[2]


def kept(resource: str, row: BookRow, **columns: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """Return a row as the feed should tell it, by its resource and id."""
    common = {
        "id": str(row.id),
        "version": row.version,
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
    }
    shown = {
        name: str(value) if isinstance(value, UUID | date) else value
        for name, value in columns.items()
    }
    return {(resource, str(row.id)): common | shown}


def held(book: Book) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the book as the feed should tell it, read by Django."""
    found: dict[tuple[str, str], dict[str, Any]] = {}

    def keep(resource: str, row: BookRow, **columns: Any) -> None:
        found.update(kept(resource, row, **columns))

    for broker in Broker.objects.filter(book=book):
        keep("broker", broker, name=broker.name, notes=broker.notes)
    for account in Account.objects.filter(book=book):
        keep(
            "account", account, name=account.name, type=account.type, kind=account.kind,
            currency=account.currency, number=account.number, notes=account.notes,
            opened_on=account.opened_on, billed_as=account.billed_as,
            locked_through=account.locked_through,
            parent=account.parent_id, broker=account.broker_id,
            archived_at=account.archived_at and instant(account.archived_at),
        )  # fmt: skip
    for vendor in Vendor.objects.filter(book=book):
        keep("vendor", vendor, name=vendor.name, notes=vendor.notes)
    for one in Transaction.objects.filter(book=book).prefetch_related("entries"):
        keep(
            "transaction", one, date=one.date, description=one.description, notes=one.notes,
            source=one.source, vendor=one.vendor_id,
            entries=[
                {
                    "id": str(entry.id), "account": str(entry.account_id),
                    "amount": text(entry.amount, entry.currency), "currency": entry.currency,
                    "status": entry.status, "external_id": entry.external_id, "note": entry.note,
                }
                for entry in sorted(one.entries.all(), key=lambda entry: entry.id)
            ],
        )  # fmt: skip
    for month in ClosedMonth.objects.filter(book=book):
        keep("closed_month", month, month=f"{month.month:%Y-%m}", closed_by=month.created_by)
    for one in Import.objects.filter(book=book):
        keep(
            "import", one, status=one.status, format=one.format, file_name=one.file_name,
            account_number=one.account_number, account=one.account_id,
        )  # fmt: skip
    for one in BalancePoint.objects.filter(book=book):
        keep(
            "balance_point", one, on=one.on, kind=one.kind, note=one.note, account=one.account_id,
            balance=text(one.balance, one.account.currency), transaction=one.transaction_id,
            reconciled_at=one.reconciled_at and instant(one.reconciled_at),
            **{"import": one.of_import_id},
        )  # fmt: skip
    for one in ImportProfile.objects.filter(book=book):
        keep(
            "import_profile", one, name=one.name, account=one.account_id, profile=one.profile,
            fingerprint=one.fingerprint,
        )  # fmt: skip
    for one in Subscription.objects.filter(book=book):
        keep(
            "subscription", one, name=one.name, cadence=one.cadence, every=one.every,
            starts_on=one.starts_on, ends_on=one.ends_on, notes=one.notes,
            amount=text(one.amount, one.account.currency), account=one.account_id,
            category=one.category_id, vendor=one.vendor_id,
            payments=[
                {
                    "transaction": str(paid.transaction_id),
                    "due_on": f"{paid.due_on}", "date": f"{paid.date}",
                }
                for paid in one.payments.order_by("due_on")
            ],
        )  # fmt: skip
    for one in Rule.objects.filter(book=book):
        keep(
            "rule", one, name=one.name, position=one.position, is_active=one.is_active,
            contains=one.contains, regex=one.regex, direction=one.direction,
            amount_min=one.amount_min and f"{one.amount_min.normalize():f}",
            amount_max=one.amount_max and f"{one.amount_max.normalize():f}",
            account=one.account_id, category=one.category_id, vendor=one.vendor_id,
        )  # fmt: skip
    for one in RuleRun.objects.filter(book=book):
        keep(
            "rule_run", one, rules=one.rules, date_from=one.date_from, date_to=one.date_to,
            changed=one.changed, undone_at=one.undone_at and instant(one.undone_at),
        )  # fmt: skip
    for one in BookRate.objects.filter(book=book):
        keep(
            "exchange_rate", one, base=one.base, quote=one.quote, on=one.on, source=one.source,
            rate=f"{one.rate.normalize():f}",
        )  # fmt: skip
    return found | held_cards(book)


def held_cards(book: Book) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the book's cards and statements as the feed should tell them."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    of_book = {"book": book}
    for card in CreditCard.objects.filter(**of_book).select_related("account"):
        currency = card.account.currency
        found |= kept(
            "credit_card", card, brand=card.brand, last_four=card.last_four,
            closing_day_is_next=card.closing_day_is_next, account=card.account_id,
            paying_account=card.paying_account_id,
            limit=None if card.limit is None else text(card.limit, currency),
        )  # fmt: skip
    for terms in CardTerms.objects.filter(**of_book):
        found |= kept(
            "card_terms", terms, closing_day=terms.closing_day, due_day=terms.due_day,
            card=terms.card_id, from_month=f"{terms.from_month:%Y-%m}",
        )  # fmt: skip
    for one in Invoice.objects.filter(**of_book).select_related("card__account"):
        moved = InvoiceLine.objects.filter(invoice=one, chosen_month__isnull=False)
        minimum, currency = one.minimum_payment, one.card.account.currency
        found |= kept(
            "invoice", one, opens_on=one.opens_on, closes_on=one.closes_on, due_on=one.due_on,
            dates_kept=one.dates_kept, lines=one.lines, card=one.card_id,
            month=f"{one.month:%Y-%m}",
            minimum_payment=None if minimum is None else text(minimum, currency),
            moved_lines=sorted(str(line.entry_id) for line in moved),
        )  # fmt: skip
    for plan in InstallmentPlan.objects.filter(**of_book).select_related("card__account"):
        found |= kept(
            "installment_plan", plan, description=plan.description, card=plan.card_id,
            purchased_on=plan.purchased_on, cents_on=plan.cents_on,
            cancelled_on=plan.cancelled_on, notes=plan.notes, **_stands(plan),
            first_month=f"{plan.first_month:%Y-%m}",
            installments=[
                {
                    "number": one.number, "transaction": str(one.transaction_id),
                    "date": f"{one.date}", "fate": one.fate,
                }
                for one in plan.installments.order_by("number")
            ],
        )  # fmt: skip
    for choice in AllocationChoice.objects.filter(**of_book):
        amount = choice.amount
        found |= kept(
            "allocation_choice", choice, refused=choice.refused, invoice=choice.invoice_id,
            payment=choice.entry_id, amount=None if amount is None else f"{amount.normalize():f}",
        )  # fmt: skip
    return found


def _stands(plan: InstallmentPlan) -> dict[str, Any]:
    """Return what the API says of a plan's parcels."""
    told = installments.detail(plan, date(2026, 5, 20))
    return {name: told[name] for name in ("total", "parcels", "missing")}


def test_every_kind_of_row_is_in_the_feed() -> None:
    ours = {model for model in BookRow.__subclasses__() if not model._meta.abstract}

    assert {model._meta.db_table for model in ours} == {table for table, _ in RESOURCES.values()}


@pytest.mark.parametrize("limit", [1, 1000])
def test_a_client_follows_everything_that_the_api_can_do(
    limit: int, book: Book, by: Actor, api: Api
) -> None:
    scene, mirror = Scene(book, by, api), Mirror(api, limit)
    mirror.catch_up()
    assert mirror.rows == held(book)

    for (_, method), ask in WRITES.items():
        path, body = ask(scene)
        mirror.catch_up()
        assert send(api, method, path, body).status_code in (200, 201, 204)
        if limit > 1:
            mirror.catch_up()
            assert mirror.rows == held(book), path

    mirror.catch_up()
    assert mirror.rows == held(book)
    late = Mirror(api, limit)
    late.catch_up()
    assert late.rows == mirror.rows
    assert late.version == mirror.version


def test_a_page_within_one_version_does_not_claim_it(
    book: Book, by: Actor, api: Api, checking: Account
) -> None:
    drafts = [
        Draft(date=TODAY, description=str(n), account_id=checking.id, amount=Decimal(n + 1))
        for n in range(5)
    ]
    mirror = Mirror(api, 500)
    mirror.catch_up()
    before = mirror.version
    ledger.record(book=book, by=by, drafts=drafts)

    first = api.get(f"/sync?since={before}&limit=2").json()

    assert first["has_more"]
    assert first["version"] == before
    assert [row["version"] for row in first["results"]] == [before + 1] * 2


def test_a_version_of_another_book_s_future_is_refused(api: Api, checking: Account) -> None:
    answer = api.get("/sync?since=100000")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "ahead"


def test_another_book_s_changes_are_not_in_the_feed(
    book: Book, by: Actor, api: Api, checking: Account
) -> None:
    theirs = Book.objects.create(name="Theirs", base_currency="BRL")
    chart.create_broker(book=theirs, by=by, name="Bank")

    mirror = Mirror(api, 500)
    mirror.catch_up()

    assert mirror.rows == held(book)


WRITERS, STEPS = 4, 40


def test_a_client_follows_while_many_write(
    book: Book, by: Actor, owner: User, sign_in: Callable[..., Api], checking: Account,
    savings: Account, groceries: Account,
) -> None:  # fmt: skip
    accounts, failed = [checking, savings], []

    def write(seed: int) -> None:
        chance, mine = random.Random(seed), []
        who = {"book": book, "by": by}
        try:
            for step in range(STEPS):
                deed = chance.choice(["record", "record", "bulk", "correct", "delete", "rename"])
                if deed in ("record", "bulk") or not mine:
                    drafts = [
                        Draft(
                            date=TODAY - timedelta(days=chance.randrange(60)),
                            description=f"{seed} {step}",
                            account_id=chance.choice(accounts).id,
                            amount=Decimal(chance.randrange(1, 9999)) / 100,
                        )
                        for _ in range(12 if deed == "bulk" else 1)
                    ]
                    mine += ledger.record(**who, drafts=drafts)
                elif deed == "correct":
                    wanted = Changes({"amount": Decimal(chance.randrange(1, 9999)) / 100})
                    ledger.correct(**who, transaction_id=chance.choice(mine), changes=wanted)
                elif deed == "delete":
                    gone = mine.pop(chance.randrange(len(mine)))
                    ledger.delete(**who, transaction_ids=[gone])
                    if chance.random() < 0.5:
                        ledger.restore(**who, transaction_id=gone)
                        mine.append(gone)
                else:
                    chart.change_account(
                        **who, account_id=chance.choice(accounts).id, notes=f"{seed} {step}"
                    )
        except Exception as error:  # in a thread: the test says it
            failed.append(error)
        finally:
            connection.close()

    api = sign_in(owner)
    mirror = Mirror(Api(Client(), api.token), 7)
    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(WRITERS)]
    for thread in threads:
        thread.start()
    rounds = 0
    while any(thread.is_alive() for thread in threads):
        mirror.catch_up()
        rounds += 1
    for thread in threads:
        thread.join()
    mirror.catch_up()

    assert not failed
    assert rounds >= 2, "nothing was written meanwhile"
    assert mirror.rows == held(book)
    assert mirror.version == Book.objects.get(id=book.id).version
