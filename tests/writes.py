"""One good request for every address that changes something, and what it changed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from itertools import count
from typing import Any
from uuid import UUID

import orjson
from conftest import TODAY, Api
from django.apps import apps
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pghistory.models import Context
from raw import Beside

from accounts import services as chart
from accounts.models import Account
from buffet import services
from buffet.audit import Actor
from buffet.models import Attempts, Book, KeptAnswer, Membership, Role, Session, User
from invoices import services as cards
from invoices.models import Invoice, InvoiceLine
from transactions import services as ledger
from transactions.drafts import Draft
from transactions.imports.tables import Profile
from transactions.models import Rule

FILE = b"""OFXHEADER:100
DATA:OFXSGML

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL<BANKACCTFROM><ACCTID>1</BANKACCTFROM>
<BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260502<TRNAMT>-9.90<FITID>a1<MEMO>Bread</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>100.00<DTASOF>20260531</LEDGERBAL></STMTRS></STMTTRNRS>
</BANKMSGSRSV1></OFX>
"""


_HEAD = (
    b'{"format":"better-call-buffet","version":1,"row":"book","made_at":"2026-06-01T09:15:00Z",'
    b'"name":"Loaded","base_currency":"EUR","time_zone":"UTC","month_start_day":1}\n'
)
WHOLE = _HEAD + orjson.dumps({"row": "end", "lines": {}, "sha256": sha256(_HEAD).hexdigest()})

_numbers = count(1)


def new() -> str:
    """Return a name that nothing has yet."""
    return f"New {next(_numbers)}"


@dataclass(frozen=True)
class Scene:
    """A book with something to change at every address."""

    book: Book
    by: Actor
    api: Api

    def account(self, name: str) -> Account:
        """Open an account."""
        return ledger.open_account(
            book=self.book,
            by=self.by,
            today=TODAY,
            name=f"{name} {next(_numbers)}",
            kind="cash",
            currency="BRL",
        )

    def category(self, name: str) -> Account:
        """Make a category."""
        return chart.create_category(
            book=self.book, by=self.by, name=f"{name} {next(_numbers)}", type="expense"
        )

    def spent(self, account: Account, on: date = date(2026, 5, 3)) -> Any:
        """Spend something from an account."""
        draft = Draft(date=on, description="x", account_id=account.id, amount=Decimal("-7.00"))
        return ledger.record(book=self.book, by=self.by, drafts=[draft])[0]

    def imported(self, account: Account) -> Any:
        """Upload a file, and look."""
        return ledger.preview(
            book=self.book,
            by=self.by,
            account_id=account.id,
            file=BytesIO(FILE),
            file_name="may.ofx",
        )

    def card(self) -> Any:
        """Add a card that closes on the 25th and is due on the 5th, paid by an account."""
        return cards.create_card(
            book=self.book,
            by=self.by,
            today=TODAY,
            name=f"Card {next(_numbers)}",
            currency="BRL",
            closing_day=25,
            due_day=5,
            paying_account_id=self.account("Purse").id,
        )

    def billed(self) -> tuple[Any, Any]:
        """Spend with a card, and return the statement and its line."""
        self.spent(self.card().account)
        line = InvoiceLine.objects.filter(book=self.book).order_by("entry_id").last()
        return line.invoice, line

    def plan(self) -> Any:
        """Buy in three parcels, of which none is billed."""
        return cards.create_plan(
            book=self.book,
            by=self.by,
            card_id=self.card().id,
            description="Lamp",
            total=Decimal("100.00"),
            parcels=3,
            purchased_on=timezone.now().date() + timedelta(days=5),
        )

    def paid(self) -> tuple[Any, Any]:
        """Pay a statement, and return it with the payment's entry."""
        invoice, _ = self.billed()
        id = cards.pay(book=self.book, by=self.by, invoice_id=invoice.id, today=TODAY)
        return invoice, InvoiceLine.objects.get(transaction_id=id, card=invoice.card).entry_id


#: (address, body) of a request that may be sent once to a scene; a file goes as a form.
Ask = Callable[[Scene], tuple[str, Any]]


def _archived(scene: Scene, account: Account) -> Account:
    chart.archive_account(book=scene.book, by=scene.by, account_id=account.id)
    return account


def _deleted(scene: Scene) -> Any:
    id = scene.spent(scene.account("Purse"))
    ledger.delete(book=scene.book, by=scene.by, transaction_ids=[id])
    return id


def _committed(scene: Scene) -> Any:
    started = scene.imported(scene.account("Bank"))
    ledger.commit(book=scene.book, by=scene.by, import_id=started.id)
    return started.id


def _closed(scene: Scene) -> str:
    ledger.close_month(book=scene.book, by=scene.by, month=date(2026, 3, 1), today=TODAY)
    return "2026-03"


def _transaction(scene: Scene) -> dict[str, str]:
    account = str(scene.account("Purse").id)
    return {"account": account, "amount": "-1.00", "date": "2026-05-04", "description": "x"}


def _merged(scene: Scene) -> Any:
    """Make one transfer of two, and return it."""
    path, body = _merging(scene)
    source = path.split("/")[2]
    return ledger.merge_into_transfer(
        book=scene.book, by=scene.by, source_id=UUID(source), target_id=UUID(body["into"])
    )


def _merging(scene: Scene) -> tuple[str, dict[str, str]]:
    """Return what makes one transfer of what left an account and what arrived on another."""
    left = scene.spent(scene.account("Purse"))
    arrived = Draft(
        date=date(2026, 5, 4),
        description="x",
        account_id=scene.account("Jar").id,
        amount=Decimal("7.00"),
    )
    (came,) = ledger.record(book=scene.book, by=scene.by, drafts=[arrived])
    return f"/transactions/{came}/merge", {"into": str(left)}


def _vendor(scene: Scene) -> Any:
    return ledger.create_vendor(book=scene.book, by=scene.by, name=new()).id


def _subscribed(scene: Scene) -> tuple[Any, Account]:
    """Return the id of a subscription, and the account that pays it."""
    account = scene.account("A")
    made = ledger.create_subscription(
        book=scene.book,
        by=scene.by,
        name=new(),
        account_id=account.id,
        amount=Decimal("7.00"),
        cadence="monthly",
        starts_on=date(2026, 1, 31),
    )
    return made.id, account


def _to_link(scene: Scene) -> tuple[str, dict[str, str]]:
    id, account = _subscribed(scene)
    body = {"transaction": str(scene.spent(account)), "due_on": "2026-04-30"}
    return f"/subscriptions/{id}/payments", body


def _linked(scene: Scene) -> str:
    id, account = _subscribed(scene)
    paid = scene.spent(account)
    ledger.link_payment(book=scene.book, by=scene.by, subscription_id=id, transaction_id=paid)
    return f"/subscriptions/{id}/payments/{paid}"


def _rule(scene: Scene) -> Any:
    made = ledger.create_rule(
        book=scene.book,
        by=scene.by,
        name=new(),
        contains="x",
        category_id=scene.category("C").id,
    )
    return made.id


def _ordering(scene: Scene) -> tuple[str, Any]:
    _rule(scene), _rule(scene)
    rows = Rule.objects.filter(book=scene.book).order_by("-position")
    return "/rules/order", {"rules": [str(row.id) for row in rows]}


def _applying(scene: Scene) -> dict[str, Any]:
    """Return the body of a call that gives something a category."""
    scene.spent(scene.account("A"))
    rule = str(_rule(scene))
    return {"rules": [rule], "date_from": "2026-05-01", "date_to": "2026-05-31"}


def _applied(scene: Scene) -> Any:
    _applying(scene)
    run, _ = ledger.apply_rules(
        book=scene.book, by=scene.by, first=date(2026, 5, 1), last=date(2026, 5, 31)
    )
    return run.id


def _broker(scene: Scene) -> Any:
    return chart.create_broker(book=scene.book, by=scene.by, name=new()).id


def _member(scene: Scene) -> Any:
    member = User.objects.create_user(f"{new().replace(' ', '.')}@example.com")
    Membership.objects.create(book=scene.book, user=member, role=Role.VIEWER)
    return member.id


def _invited(scene: Scene, book: Book | None = None, email: str = "") -> tuple[Any, str]:
    """Return an invitation to the book, and the token that its letter told."""
    # As if it were another hour, in which letters may be sent again.
    Attempts.objects.all().delete()
    made = services.invite(
        by=scene.by,
        book_id=(book or scene.book).id,
        email=email or f"{new().replace(' ', '.')}@example.com",
        role=Role.VIEWER,
    )
    return made.id, re.search(r"invitations/(\S+)", mail.outbox[-1].body)[1]


def _invited_elsewhere(scene: Scene) -> str:
    other = Book.objects.create(name=new(), base_currency="EUR")
    host = User.objects.create_user(f"{new().replace(' ', '.')}@example.com")
    Membership.objects.create(book=other, user=host, role=Role.OWNER)
    by = Actor(host.id, "api", email=host.email)
    return _invited(replace(scene, by=by), other, scene.by.email)[1]


def _granted(scene: Scene) -> Any:
    until = timezone.now() + timedelta(days=1)
    return services.grant_support(by=scene.by, book_id=scene.book.id, expires_at=until).id


def _archived_card(scene: Scene) -> Any:
    card = scene.card()
    cards.archive_card(book=scene.book, by=scene.by, card_id=card.id)
    return card.id


def _moving(scene: Scene) -> tuple[str, Any]:
    invoice, line = scene.billed()
    following = Invoice.objects.get(card=invoice.card, month=date(2026, 6, 1))
    return f"/invoices/{invoice.id}/lines/{line.entry_id}", {"invoice": str(following.id)}


def _allocating(scene: Scene) -> tuple[str, Any]:
    invoice, entry_id = scene.paid()
    return f"/invoices/{invoice.id}/allocations", {"payment": str(entry_id), "amount": "2.00"}


def _taking_back(scene: Scene) -> tuple[str, Any]:
    invoice, entry_id = scene.paid()
    return f"/invoices/{invoice.id}/allocations/{entry_id}", None


def _rate(scene: Scene) -> Any:
    made = ledger.create_own_rate(
        book=scene.book,
        by=scene.by,
        base="USD",
        quote="BRL",
        on=date(2026, 1, 1) + timedelta(days=next(_numbers)),
        rate=Decimal("5.4"),
    )
    return made.id


def _point(scene: Scene, kind: str = "statement") -> Any:
    """Return the id of a balance point that the ledger agrees with, but for back-dated entries."""
    account = ledger.open_account(
        book=scene.book,
        by=scene.by,
        today=TODAY,
        name=new(),
        kind="investment",
        currency="BRL",
        opened_on=date(2026, 1, 2),
        opening_balance=Decimal("7.00"),
    )
    made = ledger.create_point(
        book=scene.book,
        by=scene.by,
        today=TODAY,
        account_id=account.id,
        on=date(2026, 5, 31),
        balance=Decimal("7.00"),
        kind=kind,
    )
    if kind == "valuation":
        scene.spent(account)
    return made.id


def _reconciled(scene: Scene) -> Any:
    id = _point(scene)
    ledger.reconcile(book=scene.book, by=scene.by, point_id=id)
    return id


def _profile(scene: Scene) -> Any:
    profile = Profile(header=("Date", "Text", "Amount"), date_order="dmy")
    return ledger.create_profile(book=scene.book, by=scene.by, name=new(), profile=profile).id


def _valued(scene: Scene) -> Any:
    id = _point(scene, "valuation")
    ledger.revalue(book=scene.book, by=scene.by, point_id=id)
    return id


def _dropped(scene: Scene) -> Any:
    id = _valued(scene)
    ledger.delete_point(book=scene.book, by=scene.by, point_id=id)
    return id


def _valuing(scene: Scene) -> tuple[str, Any]:
    account = ledger.open_account(
        book=scene.book, by=scene.by, today=TODAY, name=new(), kind="property", currency="BRL"
    )
    body = {"account": str(account.id), "on": "2026-05-31", "balance": "9.00", "kind": "valuation"}
    return "/balance-points", body


WRITES: dict[tuple[str, str], Ask] = {
    ("exchange-rates", "post"): lambda s: (
        "/exchange-rates",
        {"base": "USD", "quote": "BRL", "on": "2025-05-04", "rate": "5.4321"},
    ),
    ("exchange-rates/<uuid:id>", "patch"): lambda s: (
        f"/exchange-rates/{_rate(s)}",
        {"rate": "5.5", "source": "bank"},
    ),
    ("exchange-rates/<uuid:id>", "delete"): lambda s: (f"/exchange-rates/{_rate(s)}", None),
    ("books/<uuid:id>/members/<uuid:member>", "patch"): lambda s: (
        f"/books/{s.book.id}/members/{_member(s)}",
        {"role": "editor"},
    ),
    ("books/<uuid:id>/members/<uuid:member>", "delete"): lambda s: (
        f"/books/{s.book.id}/members/{_member(s)}",
        None,
    ),
    ("books/<uuid:id>/invitations", "post"): lambda s: (
        f"/books/{s.book.id}/invitations",
        {"email": f"{new().replace(' ', '.')}@example.com", "role": "editor"},
    ),
    ("books/<uuid:id>/invitations/<uuid:invitation>", "delete"): lambda s: (
        f"/books/{s.book.id}/invitations/{_invited(s)[0]}",
        None,
    ),
    ("books/<uuid:id>/support-access", "post"): lambda s: (
        f"/books/{s.book.id}/support-access",
        {"days": 7},
    ),
    ("books/<uuid:id>/support-access/<uuid:access>", "delete"): lambda s: (
        f"/books/{s.book.id}/support-access/{_granted(s)}",
        None,
    ),
    ("invitations/accept", "post"): lambda s: (
        "/invitations/accept",
        {"token": _invited_elsewhere(s)},
    ),
    ("users/me", "patch"): lambda s: ("/users/me", {"name": new()}),
    ("books", "post"): lambda s: ("/books", {"name": new(), "base_currency": "EUR"}),
    ("books/load", "post"): lambda s: ("/books/load", {"file": WHOLE}),
    ("books/<uuid:id>", "patch"): lambda s: (f"/books/{s.book.id}", {"name": new()}),
    ("brokers", "post"): lambda s: ("/brokers", {"name": new()}),
    ("brokers/<uuid:id>", "patch"): lambda s: (f"/brokers/{_broker(s)}", {"name": new()}),
    ("brokers/<uuid:id>", "delete"): lambda s: (f"/brokers/{_broker(s)}", None),
    ("categories", "post"): lambda s: ("/categories", {"name": new(), "type": "expense"}),
    ("categories/<uuid:id>", "patch"): lambda s: (
        f"/categories/{s.category('Old').id}",
        {"name": new()},
    ),
    ("categories/<uuid:id>", "delete"): lambda s: (f"/categories/{s.category('Old').id}", None),
    ("categories/<uuid:id>/archive", "post"): lambda s: (
        f"/categories/{s.category('Old').id}/archive",
        None,
    ),
    ("categories/<uuid:id>/reopen", "post"): lambda s: (
        f"/categories/{_archived(s, s.category('Old')).id}/reopen",
        None,
    ),
    ("categories/<uuid:id>/merge", "post"): lambda s: (
        f"/categories/{s.category('Old').id}/merge",
        {"into": str(s.category("Other").id)},
    ),
    ("accounts", "post"): lambda s: (
        "/accounts",
        {"name": new(), "kind": "savings", "currency": "BRL", "opening_balance": "5.00"},
    ),
    ("accounts/<uuid:id>", "patch"): lambda s: (f"/accounts/{s.account('A').id}", {"name": new()}),
    ("accounts/<uuid:id>", "delete"): lambda s: (f"/accounts/{s.account('A').id}", None),
    ("accounts/<uuid:id>/archive", "post"): lambda s: (
        f"/accounts/{s.account('A').id}/archive",
        None,
    ),
    ("accounts/<uuid:id>/reopen", "post"): lambda s: (
        f"/accounts/{_archived(s, s.account('A')).id}/reopen",
        None,
    ),
    ("credit-cards", "post"): lambda s: (
        "/credit-cards",
        {"name": new(), "currency": "BRL", "closing_day": 31, "due_day": 10, "limit": "500.00"},
    ),
    ("credit-cards/<uuid:id>", "patch"): lambda s: (
        f"/credit-cards/{s.card().id}",
        {"closing_day": 20, "from_month": "2026-07", "limit": "900.00"},
    ),
    ("credit-cards/<uuid:id>", "delete"): lambda s: (f"/credit-cards/{s.card().id}", None),
    ("credit-cards/<uuid:id>/archive", "post"): lambda s: (
        f"/credit-cards/{s.card().id}/archive",
        None,
    ),
    ("credit-cards/<uuid:id>/reopen", "post"): lambda s: (
        f"/credit-cards/{_archived_card(s)}/reopen",
        None,
    ),
    ("installment-plans", "post"): lambda s: (
        "/installment-plans",
        {
            "card": str(s.card().id),
            "description": new(),
            "total": "100.00",
            "parcels": 3,
            "date": "2026-05-04",
        },
    ),
    ("installment-plans/<uuid:id>", "patch"): lambda s: (
        f"/installment-plans/{s.plan().id}",
        {"notes": new()},
    ),
    ("installment-plans/<uuid:id>", "delete"): lambda s: (
        f"/installment-plans/{s.plan().id}",
        None,
    ),
    ("installment-plans/<uuid:id>/prepay", "post"): lambda s: (
        f"/installment-plans/{s.plan().id}/prepay",
        {"parcels": 1, "discount": "1.00"},
    ),
    ("installment-plans/<uuid:id>/cancel", "post"): lambda s: (
        f"/installment-plans/{s.plan().id}/cancel",
        {},
    ),
    ("invoices/<uuid:id>", "patch"): lambda s: (
        f"/invoices/{s.billed()[0].id}",
        {"closes_on": "2026-05-26", "minimum_payment": "5.00"},
    ),
    ("invoices/<uuid:id>/lines/<uuid:line>", "patch"): _moving,
    ("invoices/<uuid:id>/pay", "post"): lambda s: (
        f"/invoices/{s.billed()[0].id}/pay",
        {"amount": "5.00", "date": "2026-06-01"},
    ),
    ("invoices/<uuid:id>/allocations", "post"): _allocating,
    ("invoices/<uuid:id>/allocations/<uuid:payment>", "delete"): _taking_back,
    ("vendors", "post"): lambda s: ("/vendors", {"name": new()}),
    ("vendors/<uuid:id>", "patch"): lambda s: (f"/vendors/{_vendor(s)}", {"name": new()}),
    ("vendors/<uuid:id>", "delete"): lambda s: (f"/vendors/{_vendor(s)}", None),
    ("transactions", "post"): lambda s: ("/transactions", _transaction(s)),
    ("transactions/bulk", "post"): lambda s: (
        "/transactions/bulk",
        {"transactions": [_transaction(s), _transaction(s)]},
    ),
    ("transactions/bulk", "patch"): lambda s: (
        "/transactions/bulk",
        {"transactions": [{"id": str(s.spent(s.account("A"))), "amount": "-8.00"}]},
    ),
    ("transactions/bulk", "delete"): lambda s: (
        "/transactions/bulk",
        {"transactions": [{"id": str(s.spent(s.account("A")))}]},
    ),
    ("transactions/<uuid:id>", "patch"): lambda s: (
        f"/transactions/{s.spent(s.account('A'))}",
        {"amount": "-8.00"},
    ),
    ("transactions/<uuid:id>", "delete"): lambda s: (
        f"/transactions/{s.spent(s.account('A'))}",
        None,
    ),
    ("transactions/<uuid:id>/merge", "post"): _merging,
    ("transactions/<uuid:id>/separate", "post"): lambda s: (
        f"/transactions/{_merged(s)}/separate",
        None,
    ),
    ("transactions/<uuid:id>/restore", "post"): lambda s: (
        f"/transactions/{_deleted(s)}/restore",
        None,
    ),
    ("subscriptions", "post"): lambda s: (
        "/subscriptions",
        {
            "name": new(),
            "account": str(s.account("A").id),
            "amount": "7.00",
            "cadence": "monthly",
            "starts_on": "2026-01-31",
            "category": str(s.category("C").id),
            "vendor": str(_vendor(s)),
        },
    ),
    ("subscriptions/<uuid:id>", "patch"): lambda s: (
        f"/subscriptions/{_subscribed(s)[0]}",
        {"amount": "8.00", "account": str(s.account("B").id), "vendor": str(_vendor(s))},
    ),
    ("subscriptions/<uuid:id>", "delete"): lambda s: (f"/subscriptions/{_subscribed(s)[0]}", None),
    ("subscriptions/<uuid:id>/end", "post"): lambda s: (
        f"/subscriptions/{_subscribed(s)[0]}/end",
        {"on": "2026-05-31"},
    ),
    ("subscriptions/<uuid:id>/payments", "post"): lambda s: _to_link(s),
    ("subscriptions/<uuid:id>/payments/<uuid:transaction>", "delete"): lambda s: (
        _linked(s),
        None,
    ),
    ("import-profiles", "post"): lambda s: (
        "/import-profiles",
        {"name": new(), "account": str(s.account("A").id), "profile": {"date_order": "dmy"}},
    ),
    ("import-profiles/<uuid:id>", "patch"): lambda s: (
        f"/import-profiles/{_profile(s)}",
        {"name": new(), "profile": {"decimal_mark": ","}},
    ),
    ("import-profiles/<uuid:id>", "delete"): lambda s: (f"/import-profiles/{_profile(s)}", None),
    ("imports", "post"): lambda s: ("/imports", {"account": str(s.account("A").id), "file": FILE}),
    ("imports/<uuid:id>", "patch"): lambda s: (
        f"/imports/{s.imported(s.account('A')).id}",
        {"options": {"day_first": True}},
    ),
    ("imports/<uuid:id>/lines", "post"): lambda s: (
        f"/imports/{s.imported(s.account('A')).id}/lines",
        {"lines": [{"number": 1, "verdict": "ignored"}]},
    ),
    ("imports/<uuid:id>/lines/<int:number>", "patch"): lambda s: (
        f"/imports/{s.imported(s.account('A')).id}/lines/1",
        {"description": "Bread"},
    ),
    ("imports/<uuid:id>", "delete"): lambda s: (f"/imports/{s.imported(s.account('A')).id}", None),
    ("imports/<uuid:id>/commit", "post"): lambda s: (
        f"/imports/{s.imported(s.account('A')).id}/commit",
        {"book_opening_balance": True},
    ),
    ("imports/<uuid:id>/revert", "post"): lambda s: (f"/imports/{_committed(s)}/revert", None),
    ("rules", "post"): lambda s: (
        "/rules",
        {"name": new(), "contains": "x", "category": str(s.category("C").id)},
    ),
    ("rules/<uuid:id>", "patch"): lambda s: (
        f"/rules/{_rule(s)}",
        {"regex": "^x", "account": str(s.account("A").id), "vendor": str(_vendor(s))},
    ),
    ("rules/<uuid:id>", "delete"): lambda s: (f"/rules/{_rule(s)}", None),
    ("rules/order", "post"): _ordering,
    ("rules/apply", "post"): lambda s: ("/rules/apply", _applying(s)),
    ("rules/runs/<uuid:id>/undo", "post"): lambda s: (f"/rules/runs/{_applied(s)}/undo", None),
    ("balance-points", "post"): _valuing,
    ("balance-points/<uuid:id>", "patch"): lambda s: (
        f"/balance-points/{_valued(s)}",
        {"balance": "9.00", "note": new()},
    ),
    ("balance-points/<uuid:id>", "delete"): lambda s: (f"/balance-points/{_valued(s)}", None),
    ("balance-points/<uuid:id>/restore", "post"): lambda s: (
        f"/balance-points/{_dropped(s)}/restore",
        None,
    ),
    ("balance-points/<uuid:id>/reconcile", "post"): lambda s: (
        f"/balance-points/{_point(s)}/reconcile",
        None,
    ),
    ("balance-points/<uuid:id>/unlock", "post"): lambda s: (
        f"/balance-points/{_reconciled(s)}/unlock",
        {"reason": new()},
    ),
    ("balance-points/<uuid:id>/revalue", "post"): lambda s: (
        f"/balance-points/{_point(s, 'valuation')}/revalue",
        None,
    ),
    ("closed-months", "post"): lambda s: ("/closed-months", {"month": "2026-04"}),
    ("closed-months/<month:month>", "delete"): lambda s: (
        f"/closed-months/{_closed(s)}?reason=x",
        None,
    ),
}


def send(api: Api, method: str, path: str, body: Any, **headers: str) -> Any:
    """Send a write; one with a file as a form, whose boundary is another at each attempt."""
    if not isinstance(body, dict) or "file" not in body:
        return api(method.upper(), path, body, **headers)
    headers["Authorization"] = f"Bearer {api.token}"
    if api.book:
        headers["X-Book"] = api.book
    file = SimpleUploadedFile("may.ofx", body["file"])
    return api.client.post(f"/api/v1{path}", body | {"file": file}, headers=headers)


COUNTED = [
    model
    for model in apps.get_models()
    if model not in (Attempts, KeptAnswer, Session, Context)
    and model._meta.managed
    and not model._meta.proxy
]
_COUNTS = ", ".join(f'(SELECT count(*) FROM "{model._meta.db_table}")' for model in COUNTED)


def picture(beside: Beside) -> dict[str, int]:
    """Return how many rows every table has, histories included, as those beside it see it."""
    labels = [model._meta.label for model in COUNTED]
    return dict(zip(labels, beside.one(f"SELECT {_COUNTS}"), strict=True))
