"""The pages of cards: what is due, what is owed and left, where the statements stand."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format
from wallet import Wallet, text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from invoices import services
from reports.charts import VALUE_WIDTH, bar_charts


def test_the_first_look_says_what_to_do(page: Any, book: Book) -> None:
    assert "No cards yet" in text_of(page("/cards"))
    assert "Nothing is due" in text_of(page("/coming"))


def test_what_is_due_next_is_the_answer(page: Any, wallet: Wallet, issue: Any) -> None:
    later = issue("Later", due_day=(wallet.today + timedelta(days=9)).day)
    Wallet(wallet.keeper, later, wallet.today).buy(10, "999.00")

    answer = page("/cards")

    seen = text_of(answer)
    assert re.search(r"Due next, on \d+ \w+ \d{4}: Platinum 120\.00 BRL", seen)
    assert "To pay, 2 statements 1,119.00 BRL" in seen
    assert "Visa ···· 4412" in seen
    assert "2.4 % of the limit is used." in seen
    assert f'href="{wallet.address(10)}#pay"' in answer.content.decode()


def test_nothing_is_due_on_what_is_paid_or_still_open(page: Any, wallet: Wallet) -> None:
    wallet.buy(1, "55.00")
    services.pay(**wallet.keeper.who, invoice_id=wallet.statement(10).id, today=wallet.today)

    seen = text_of(page("/cards"))

    assert "Nothing is due" in seen
    assert re.search(r"open 55\.00 left 55\.00", seen)
    assert re.search(r"paid 120\.00 left 0\.00", seen)


def test_what_was_paid_too_much_is_in_your_favour(
    page: Any, wallet: Wallet, checking: Account
) -> None:
    wallet.keeper.move(
        checking, wallet.today, "-1000.00", transfer_to_id=wallet.card.account_id
    )  # the card owed 120

    cards, card = text_of(page("/cards")), text_of(page(f"/cards/{wallet.card.id}"))

    assert "In your favour 880.00" in cards
    assert re.search(r"in your favour at the end of \d+ \w+ \d{4} 880\.00 BRL", card)
    for seen in (cards, card):
        assert "0.0 % of the limit is used." in seen
        assert "−880.00" not in seen


def test_a_card_that_is_never_paid_does_not_crowd_the_page(page: Any, wallet: Wallet) -> None:
    for days in range(40, 220, 30):
        wallet.buy(days, "1.00")

    answer = page("/cards")
    statement = page(wallet.address(10))

    (more,) = re.findall(r"(\d+) more to pay", text_of(answer))
    unpaid = int(more) + 5
    assert unpaid >= 6
    assert answer.content.decode().count('class="go"') == 5
    assert f"6.00 BRL of {unpaid - 1} statements" in text_of(statement)


def test_what_is_to_pay_leads_to_each_statement_that_it_sums(page: Any, wallet: Wallet) -> None:
    address = f"/cards/{wallet.card.id}"
    assert f'<dd><a href="{wallet.address(10)}">120.00</a></dd>' in page(address).content.decode()

    wallet.buy(40, "7.00")

    seen = page(address).content.decode()
    assert '<dd class="sum"><a href="#statements">127.00</a> <small>' in seen
    for days, left in ((10, "120.00"), (40, "7.00")):
        month = date_format(wallet.statement(days).month, "M Y")
        assert f'<a href="{wallet.address(days)}">{month}: {left}</a>' in seen


def test_figures_are_the_apis(page: Any, api: Any, wallet: Wallet) -> None:
    wallet.buy(50, "80.00")
    wallet.buy(-40, "33.00")
    api_card = api.get(f"/credit-cards/{wallet.card.id}").json()
    api_invoice = api.get(f"/invoices/{wallet.statement(10).id}").json()

    cards = page("/cards?format=json").json()
    card = page(f"/cards/{wallet.card.id}?format=json").json()
    statement = page(f"{wallet.address(10)}?format=json").json()

    assert cards == api.get("/reports/cards").json()
    assert cards["totals"]
    assert cards["cards"][0]["statements"]
    assert {name: card[name] for name in api_card} == api_card
    of_card = api.get(f"/invoices?card={wallet.card.id}").json()["results"]
    assert card["statements"] == of_card
    assert statement["invoice"] == api_invoice
    lines = api.get(f"/invoices/{wallet.statement(10).id}/lines").json()["results"]
    assert statement["lines"] == lines
    seen = text_of(page(f"/cards/{wallet.card.id}"))
    for name in ("outstanding", "committed", "available", "limit"):
        assert f"{Decimal(api_card[name]):,}" in seen
    for row in of_card:
        assert f"{row['total']} {row['paid']} left {row['remaining']}" in seen


def test_statements_say_in_words_where_they_stand(page: Any, wallet: Wallet) -> None:
    wallet.buy(100, "10.00")
    wallet.buy(70, "20.00")
    wallet.buy(40, "30.00")
    wallet.buy(1, "40.00")
    wallet.buy(-40, "50.00")
    for days, amount in ((100, "10.00"), (10, "20.00")):
        services.pay(
            **wallet.keeper.who,
            invoice_id=wallet.statement(days).id,
            today=wallet.today,
            amount=Decimal(amount),
        )

    body = page(f"/cards/{wallet.card.id}").content.decode()

    rows = dict(
        re.findall(
            r'<tr>\s*<th scope="row"><a href="([^"]+)">.*?class="(state.*?)</span>',
            body,
            re.DOTALL,
        )
    )
    words = {days: rows[wallet.address(days)] for days in (100, 70, 40, 10, 1, -40)}
    assert words == {
        100: 'state">paid',
        70: 'state alert">overdue',
        40: 'state alert">overdue',
        10: 'state">partly paid',
        1: 'state">open',
        -40: 'state">to come',
    }


@pytest.mark.parametrize("path", ["/1999-01", "/2026-13", "/x", "?before=2026", "?year=1"])
def test_what_is_not_there_is_said(page: Any, wallet: Wallet, path: str) -> None:
    answer = page(f"/cards/{wallet.card.id}{path}")

    assert answer.status_code == (400 if path.startswith("?") else 404)


def test_archived_cards_are_folded_away(page: Any, book: Book, by: Actor, issue: Any) -> None:
    card = issue("Old")
    services.archive_card(book=book, by=by, card_id=card.id)

    body = page("/cards").content.decode()

    assert "1 archived card<" in body
    assert body.index("<details") < body.index(">Old</a>")


def test_what_is_committed_is_listed_and_sums_to_its_figure(page: Any, wallet: Wallet) -> None:
    services.create_plan(
        **wallet.keeper.who, card_id=wallet.card.id, description="Lamp", total=Decimal("100.00"),
        parcels=3, purchased_on=wallet.today,
    )  # fmt: skip

    seen = text_of(page(f"/cards/{wallet.card.id}"))

    assert "Committed 66.66" in seen
    assert "2 purchases and parcels dated ahead" in seen
    listed = re.findall(r"Lamp \((\d)/3\).*? (33\.3\d)", seen[seen.index("dated ahead") :])
    assert listed == [("2", "33.33"), ("3", "33.33")]
    assert seen.count("Together 66.66") == 1


def test_the_last_value_of_the_chart_stands_clear_of_those_beside_it() -> None:
    for last in ("1500", "5200", "0", "9000"):
        months = [date(2026, number, 1) for number in range(1, 13)]
        totals = [Decimal("5229.69")] * 11 + [Decimal(last)]
        chart = bar_charts(list(zip(months, totals, strict=True)))["wide"]

        *others, bar = chart.bars
        near = [one for one in others if one.x + chart.bar_width > chart.width - VALUE_WIDTH]
        assert near
        assert all(abs(one.label_at - bar.label_at) >= 14 for one in near), last


def test_statements_of_the_pages_do_not_grow(page: Any, wallet: Wallet, issue: Any) -> None:
    def counts() -> list[int]:
        found = []
        for path in ("/cards", f"/cards/{wallet.card.id}", wallet.address(10), "/coming"):
            with CaptureQueriesContext(connection) as asked:
                assert page(path).status_code == 200
            found.append(len(asked))
        return found

    wallet.buy(45, "1.00")
    services.pay(
        **wallet.keeper.who, invoice_id=wallet.statement(10).id, today=wallet.today,
        amount=Decimal("1.00"),
    )  # fmt: skip
    few = counts()
    for number in range(6):
        other = Wallet(wallet.keeper, issue(f"Card {number}"), wallet.today)
        for days in (4, 40, 75, -20):
            other.buy(days, "3.00")
            wallet.buy(days, "3.00")
            services.pay(
                **wallet.keeper.who,
                invoice_id=wallet.statement(days).id,
                today=wallet.today,
                amount=Decimal("1.00"),
            )

    many = counts()

    assert few == many
    assert max(few) <= 12


@pytest.mark.django_db(transaction=True)
def test_a_second_look_costs_no_page(page: Any, wallet: Wallet) -> None:
    paths = ("/cards", f"/cards/{wallet.card.id}", wallet.address(10), "/coming")
    seen = [page(path)["ETag"] for path in paths]

    again = [
        page(path, headers={"If-None-Match": tag}).status_code
        for path, tag in zip(paths, seen, strict=True)
    ]
    wallet.buy(9, "5.00")
    changed = [
        page(path, headers={"If-None-Match": tag}).status_code
        for path, tag in zip(paths, seen, strict=True)
    ]

    assert again == [304] * 4
    assert changed == [200] * 4


def test_the_chart_is_of_the_last_twelve_statements(page: Any, wallet: Wallet) -> None:
    for days in range(10, 450, 30):
        wallet.buy(days, "10.00")

    answer = page(f"/cards/{wallet.card.id}")

    wide = answer.content.decode().partition('<svg class="wide"')[2].partition("</svg>")[0]
    drawn = re.findall(r"<title>[^<]*&#10;([\d.]+) ", wide)
    listed = [
        one
        for one in page(f"/cards/{wallet.card.id}?format=json").json()["statements"]
        if one["opens_on"] <= wallet.today.isoformat()
    ]
    assert len(drawn) == 12
    assert drawn == [one["total"] for one in reversed(listed[:12])]
