"""Paying a statement from its page: who may, what is refused, and that nothing in it runs."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.formats import date_format
from django.utils.translation import override
from fields import sent_by
from wallet import Wallet, text_of

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role, User
from invoices import services

EVIL = "<script>alert(1)</script>\"'><svg onload=alert(1)>"


def payment(answer: Any, **changed: str) -> dict[str, str]:
    """Return what the form of a statement's page would send."""
    return sent_by(answer) | changed


def test_paying_from_the_page(page: Any, client: Client, wallet: Wallet, checking: Account) -> None:
    address = wallet.address(10)
    before = page(address)
    sent = payment(before)
    assert sent["amount"] == "120.00"
    assert sent["date"] == wallet.today.isoformat()
    assert sent["from_account"] == str(checking.id)

    answer = client.post(address, sent)

    assert (answer.status_code, answer["Location"]) == (303, f"{address}#paid")
    after = page(address)
    assert "Paid in full 120.00 BRL" in text_of(after)
    assert "Record the payment" not in text_of(after)


def test_a_payment_is_called_in_the_language_of_its_page(
    page: Any, client: Client, wallet: Wallet
) -> None:
    address, reader = wallet.address(10), {"Accept-Language": "pt-BR"}
    form = payment(client.get(address, headers=reader), amount="50,00")

    client.post(address, form, headers=reader)

    (paid,) = page("/transactions?q=Pagamento&format=json").json()["transactions"]
    with override("pt-br"):
        month = date_format(wallet.statement(10).month, r"F \d\e Y")
    assert paid["description"] == f"Pagamento de Platinum, {month}"


def test_a_form_that_is_sent_twice_pays_once(page: Any, client: Client, wallet: Wallet) -> None:
    address = wallet.address(10)
    sent = payment(page(address), amount="50.00")
    client.post(address, sent)

    again = client.post(address, sent)

    assert again.status_code == 400
    assert "This has changed since you read it" in text_of(again)
    assert "Left to pay" in text_of(again)
    assert page(f"{address}?format=json").json()["invoice"]["paid"] == "50.00"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("amount", "12,50", "An amount is a plain decimal number"),
        ("amount", "0", "A payment is more than zero."),
        ("amount", "1.234", "An amount in BRL has at most 2 decimals."),
        ("date", "31/12/2026", "This is not a day of the calendar, YYYY-MM-DD."),
        ("from_account", "0199c4a0-0000-7000-8000-000000000000", "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    page: Any, client: Client, wallet: Wallet, field: str, value: str, sentence: str
) -> None:
    address = wallet.address(10)

    answer = client.post(address, payment(page(address), **{field: value}))

    assert answer.status_code == 400
    body = answer.content.decode()
    assert re.search(rf'id="pay_{field}_error">[^<]*{re.escape(sentence)}', body)
    assert re.search(rf'id="pay_{field}"[^>]*aria-describedby="[^"]*pay_{field}_error', body) or (
        re.search(rf'aria-describedby="[^"]*pay_{field}_error[^"]*"[^>]*id="pay_{field}"', body)
    )
    assert wallet.statement(10).payments == 0


def test_the_refusal_of_the_ledger_stands_beside_its_field(
    page: Any, client: Client, wallet: Wallet, dollars: Account
) -> None:
    address = wallet.address(10)

    answer = client.post(address, payment(page(address), from_account=str(dollars.id)))

    assert answer.status_code == 400
    assert re.search(r'id="pay_from_amount_error">\w', answer.content.decode())


def test_a_viewer_reads_and_does_not_pay(
    client: Client, wallet: Wallet, book: Book, owner: User, person: Any, page: Any
) -> None:
    address = wallet.address(10)
    sent = payment(page(address))
    client.force_login(person("viewer", book, Role.VIEWER))

    seen = client.get(address)
    answer = client.post(address, sent)

    assert seen.status_code == 200
    assert "Record the payment" not in text_of(seen)
    assert ">Pay</a>" not in client.get("/cards").content.decode()
    assert answer.status_code == 403
    assert "A viewer of this book cannot change it." in text_of(answer)
    assert wallet.statement(10).payments == 0


def test_a_payment_without_the_forms_token_is_refused(owner: User, wallet: Wallet) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    answer = client.post(wallet.address(10), {"amount": "1.00"})

    assert answer.status_code == 403


def test_only_members_see_cards(client: Client, wallet: Wallet, person: Any) -> None:
    paths = ("/cards", f"/cards/{wallet.card.id}", wallet.address(10), "/coming")
    for path in paths:
        assert client.get(path)["Location"] == f"/sign-in?next={path}"
    assert client.post(wallet.address(10))["Location"].startswith("/sign-in")
    client.force_login(person("stranger", Book.objects.create(name="T", base_currency="EUR")))

    for path in paths[1:3]:
        assert client.get(path).status_code == 404, path
    assert client.post(wallet.address(10)).status_code == 404
    assert "Platinum" not in text_of(client.get("/cards"))
    assert "Nothing is due" in text_of(client.get("/coming"))


def test_names_are_text_everywhere(
    page: Any, client: Client, book: Book, by: Actor, wallet: Wallet, groceries: Account
) -> None:
    services.change_card(
        book=book, by=by, card_id=wallet.card.id, today=wallet.today, name=EVIL[:100]
    )
    chart.change_category(book=book, by=by, category_id=groceries.id, name=EVIL[:100])
    wallet.buy(9, "1.00", description=EVIL, category_id=groceries.id, notes=EVIL)
    due = wallet.statement(10).due_on

    address = wallet.address(10)
    answers = [page(path) for path in ("/cards", f"/cards/{wallet.card.id}", address)]
    answers += [page(f"/coming/{due:%Y-%m}"), client.post(address, {"amount": EVIL, "date": EVIL})]

    for answer in answers:
        body = answer.content.decode()
        assert "<script" not in body
        assert "<svg onload" not in body
        assert "&lt;script&gt;" in body
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", body)
