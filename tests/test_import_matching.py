"""What the lines of a file are taken for, each with its reason; what people choose wins."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import TODAY
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from importing import Importer, line, transaction_of, verdicts
from test_imports import Row

from accounts.models import Account, CreditCard
from buffet.audit import Actor
from buffet.errors import Invalid
from buffet.models import Book
from invoices import services as cards
from transactions import services as ledger
from transactions.drafts import Draft
from transactions.models import SubscriptionPayment, Transaction

NEW = ("new", "not_in_the_book")


@pytest.fixture
def bank(book: Book, by: Actor, checking: Account) -> Importer:
    """Someone who imports files into checking."""
    return Importer(book, by, checking)


def recorded(bank: Importer, day: date, amount: str, text: str = "x", **more: Any) -> Any:
    """Record a transaction by hand."""
    draft = Draft(
        date=day, description=text, account_id=bank.account.id, amount=Decimal(amount), **more
    )
    return ledger.record(book=bank.book, by=bank.by, drafts=[draft])[0]


def test_what_was_recorded_by_hand_is_found_by_day_amount_and_text(bank: Importer) -> None:
    recorded(bank, date(2026, 5, 1), "-5.00", "Market")
    rows = [("20260501", "-5.00", id, "Market") for id in ("", "A")]

    assert verdicts(bank.look(rows)) == [("duplicate", "same_date_amount_and_text"), NEW]


def test_what_was_recorded_by_hand_in_other_words_is_proposed(bank: Importer) -> None:
    by_hand = recorded(bank, date(2026, 5, 21), "-10.00", "Padaria")
    recorded(bank, date(2026, 5, 27), "-10.00", "Far away")
    rows = [("20260520", "-10.00", "A", "KIOSK"), ("20260521", "-10.00", "B", "PADARIA REAL")]

    started = bank.look(rows)

    assert verdicts(started) == [NEW, NEW]
    found = [(one.proposed_id, one.proposed_score) for one in started.lines.order_by("number")]
    assert found == [(None, None), (by_hand, 90)]
    assert line(started, 2).proposed_verdict == "duplicate"
    bank.choose(started, 2, verdict="duplicate")
    bank.commit(started)
    # What is matched by one file is proposed for none, and the same file adds nothing.
    again = bank.look([*rows, ("20260521", "-10.00", "C", "PADARIA REAL")])
    assert verdicts(again) == [("duplicate", "same_bank_id"), ("duplicate", "told_before"), NEW]
    assert not again.lines.exclude(proposed_verdict="").exists()


def test_a_line_that_moves_no_money_is_ignored(bank: Importer) -> None:
    assert verdicts(bank.bring([("20260501", "0.00", "A", "Info")])) == [
        ("ignored", "moves_no_money")
    ]


def test_one_id_twice_with_the_same_words_is_one_row(bank: Importer) -> None:
    row = ("20260501", "-5.00", "A", "Market")

    assert verdicts(bank.look([row, row])) == [NEW, ("duplicate", "repeated_in_file")]


def test_rows_of_one_id_with_other_words_are_told_apart(bank: Importer) -> None:
    rows = [("20260501", "-5.00", "A", "Market"), ("20260501", "-6.00", "A", "Bread")]

    assert verdicts(bank.look(rows)) == [("new", "bank_id_of_another_row")] * 2
    assert verdicts(bank.bring(rows[1:])) == [NEW]
    assert verdicts(bank.look(rows)) == [
        ("new", "bank_id_of_another_row"),
        ("duplicate", "same_bank_id"),
    ]


@pytest.mark.parametrize("is_whole_first", [True, False])
def test_ids_that_are_counted_anew_in_each_file_find_the_rows_again(
    is_whole_first: bool, bank: Importer
) -> None:
    told = [("20260505", "-500.00", "Rent"), ("20260506", "2000.00", "Salary")]
    told += [("20260507", "-5.00", "Coffee"), ("20260508", "-5.00", "Coffee")]

    def file(first: int, last: int) -> list[Row]:
        rows = enumerate(told[first:last], 1)
        return [(day, amount, str(number), text) for number, (day, amount, text) in rows]

    files = [file(0, 4), file(1, 4), file(0, 3)]
    for rows in files if is_whole_first else reversed(files):
        bank.bring(rows)

    assert Transaction.objects.count() == len(told)


@pytest.mark.parametrize("id", ["A", ""])
def test_what_people_made_of_a_row_is_still_the_row(id: str, bank: Importer) -> None:
    rows = [("20260501", "-5.00", id, "MKT 0815")]
    started = bank.bring(rows)
    transaction = Transaction.objects.get(id=transaction_of(started))
    Transaction.objects.filter(id=transaction.id).update(
        description="Market", date=date(2026, 5, 3)
    )

    assert [verdict for verdict, _ in verdicts(bank.look(rows))] == ["duplicate"]


def test_a_row_without_an_id_is_none_with_one(bank: Importer) -> None:
    rows: list[Row] = [("20260501", "-5.00", "", "Coffee"), ("20260501", "-5.00", "A", "Coffee")]

    bank.bring(rows[:1])
    bank.bring(rows[1:])

    assert [row[1] for row in bank.entries()] == ["-5.00", "-5.00"]
    assert {verdict for verdict, _ in verdicts(bank.look(rows))} == {"duplicate"}


# What was pending, and has now posted


def test_a_pending_row_is_posted_on_its_day_and_reverted(bank: Importer) -> None:
    id = recorded(bank, date(2026, 5, 1), "-5.00", "Coffee", status="pending")

    started = bank.bring([("20260504", "-5.00", "A", "Coffee bar")])

    assert verdicts(started) == [("posted", "pending_has_posted")]
    assert transaction_of(started) == id
    assert bank.entries() == [("2026-05-04", "-5.00", "Coffee", "cleared")]
    assert verdicts(bank.look([("20260504", "-5.00", "A", "Coffee bar")])) == [
        ("duplicate", "same_bank_id")
    ]
    bank.revert(started)
    assert bank.entries() == [("2026-05-01", "-5.00", "Coffee", "pending")]


def test_a_posted_row_without_an_id_is_found_again(bank: Importer) -> None:
    recorded(bank, date(2026, 5, 1), "-5.00", "Coffee", status="pending")
    rows = [("20260504", "-5.00", "", "Coffee bar")]
    bank.bring(rows)

    assert [one for one, _ in verdicts(bank.look(rows))] == ["duplicate"]


@pytest.mark.parametrize(
    ("day", "amount"), [("20260509", "-5.00"), ("20260430", "-5.00"), ("20260504", "-5.01")]
)
def test_another_amount_an_earlier_day_or_a_week_later_is_another_row(
    day: str, amount: str, bank: Importer
) -> None:
    recorded(bank, date(2026, 5, 1), "-5.00", "Coffee", status="pending")

    assert verdicts(bank.look([(day, amount, "A", "Bar")])) == [NEW]


def test_of_two_pending_rows_as_near_neither_is_taken(bank: Importer) -> None:
    for text in ("Coffee", "Bread"):
        recorded(bank, date(2026, 5, 1), "-5.00", text, status="pending")

    assert verdicts(bank.look([("20260504", "-5.00", "A", "Other")])) == [NEW]
    assert verdicts(bank.look([("20260504", "-5.00", "A", "BREAD shop")])) == [
        ("posted", "pending_has_posted")
    ]


def test_a_tip_is_proposed_and_posted_when_chosen(bank: Importer) -> None:
    id = recorded(bank, date(2026, 5, 1), "-50.00", "Trattoria", status="pending")

    started = bank.look([("20260503", "-58.00", "A", "TRATTORIA ROMA")])

    proposed = line(started)
    assert (proposed.verdict, proposed.proposed_verdict) == ("new", "posted")
    assert proposed.proposed_id == id
    bank.choose(started, 1, verdict="posted")
    done = bank.commit(started)
    assert bank.entries() == [("2026-05-03", "-58.00", "Trattoria", "cleared")]
    bank.revert(done)
    assert bank.entries() == [("2026-05-01", "-50.00", "Trattoria", "pending")]


def test_a_parcel_that_falls_due_is_the_one_of_its_plan(book: Book, by: Actor) -> None:
    card: CreditCard = cards.create_card(
        book=book, by=by, today=TODAY, name="Visa", currency="BRL", closing_day=25, due_day=5
    )
    # The plan is made today, so its later parcels are ahead whenever this runs.
    first = timezone.now().date()
    cards.create_plan(
        book=book, by=by, card_id=card.id, description="Lamp", total=Decimal("90.00"), parcels=3,
        purchased_on=first,
    )  # fmt: skip
    second = sorted(Transaction.objects.values_list("date", flat=True))[1] + timedelta(days=2)
    importer = Importer(book, by, card.account)

    started = importer.bring([(f"{second:%Y%m%d}", "-30.00", "P2", "LOJA 2/3")])

    assert verdicts(started) == [("posted", "instalment_due")]
    assert len(importer.entries()) == 3


def test_a_subscription_that_fell_due_is_paid_by_the_line(
    bank: Importer, groceries: Account
) -> None:
    made = ledger.create_subscription(
        book=bank.book, by=bank.by, name="Music", account_id=bank.account.id,
        amount=Decimal("20.00"), cadence="monthly", starts_on=date(2026, 5, 3),
        category_id=groceries.id,
    )  # fmt: skip
    started = bank.look(
        [("20260504", "-22.00", "A", "MUSIC INC"), ("20260504", "-21.00", "B", "x")]
    )

    assert [reason for _, reason in verdicts(started)] == ["subscription_due", "not_in_the_book"]
    assert line(started).category_id == groceries.id
    bank.commit(started)
    paid = SubscriptionPayment.objects.get()
    assert (paid.subscription_id, paid.due_on) == (made.id, date(2026, 5, 3))
    assert paid.transaction_id == transaction_of(started)


# The other side of a transfer


def test_the_other_side_is_proposed_and_becomes_one_transaction_when_chosen(
    bank: Importer, savings: Account
) -> None:
    other = Importer(bank.book, bank.by, savings)
    there = other.bring([("20260505", "300.00", "S1", "Transfer from Checking")])

    started = bank.look([("20260504", "-300.00", "A", "TED 123")])

    proposed = line(started)
    assert (proposed.verdict, proposed.proposed_verdict) == ("new", "transfer")
    assert (proposed.proposed_id, proposed.proposed_score) == (transaction_of(there), 90)
    bank.choose(started, 1, verdict="transfer")
    bank.commit(started)
    assert Transaction.objects.count() == 1
    assert [row[1] for row in bank.entries()] == ["-300.00"]


def test_what_could_be_either_of_two_is_not_proposed(bank: Importer, savings: Account) -> None:
    other = Importer(bank.book, bank.by, savings)
    other.bring([("20260505", "300.00", id, "Transfer") for id in ("S1", "S2")])

    assert line(bank.look([("20260505", "-300.00", "A", "TED")])).proposed_verdict == ""


# What people choose


@pytest.mark.parametrize("id", ["A", ""])
@pytest.mark.parametrize("verdict", ["ignored", "duplicate"])
def test_a_choice_is_kept_through_the_commit_and_for_the_next_file(
    verdict: str, id: str, bank: Importer
) -> None:
    rows = [("20260501", "-5.00", id, "Info"), ("20260502", "-6.00", "B", "Bread")]
    started = bank.look(rows)

    bank.choose(started, 1, verdict=verdict)
    bank.commit(started)

    assert [row[1] for row in bank.entries()] == ["-6.00"]
    assert verdicts(bank.look(rows))[0] == (verdict, "chosen_before")
    bank.revert(started)
    assert verdicts(bank.look(rows)) == [NEW, NEW]


def test_a_duplicate_that_is_none_is_recorded_when_chosen(bank: Importer) -> None:
    rows = [("20260501", "-5.00", "A", "Coffee")]
    bank.bring(rows)
    started = bank.look(rows)

    bank.choose(started, 1, verdict="new")
    bank.commit(started)

    assert [row[1] for row in bank.entries()] == ["-5.00"] * 2


def test_a_choice_taken_back_is_decided_again(bank: Importer) -> None:
    started = bank.look([("20260501", "-5.00", "A", "Coffee")])
    bank.choose(started, 1, verdict="ignored")

    bank.choose(started, 1, verdict=None)

    assert verdicts(started) == [NEW]


def test_words_category_and_vendor_are_those_of_the_person(
    bank: Importer, groceries: Account
) -> None:
    vendor = ledger.create_vendor(book=bank.book, by=bank.by, name="Market")
    rows = [("20260501", "-5.00", "", "MKT")]
    started = bank.look(rows)

    bank.choose(started, 1, description="Market", category_id=groceries.id, vendor_id=vendor.id)
    bank.commit(started)

    found = Transaction.objects.get(id=transaction_of(started))
    assert (found.description, found.vendor_id) == ("Market", vendor.id)
    assert found.entries.filter(account=groceries).exists()
    assert [one for one, _ in verdicts(bank.look(rows))] == ["duplicate"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"verdict": "transfer"}, "required"),
        ({"verdict": "posted", "transaction_id": "theirs"}, "not_found"),
        ({"verdict": "transfer", "transaction_id": "own"}, "not_waiting"),
        ({"verdict": "posted", "transaction_id": "own"}, "other_direction"),
        ({"verdict": "new", "transaction_id": "own"}, "not_wanted"),
        ({"transaction_id": "own"}, "required"),
        ({"category_id": "own"}, "not_found"),
        ({"vendor_id": "own"}, "not_found"),
    ],
)
def test_what_cannot_be_chosen_is_refused(given: Any, code: str, bank: Importer) -> None:
    other = Book.objects.create(name="Elsewhere", base_currency="BRL")
    purse = ledger.open_account(
        book=other, by=bank.by, today=TODAY, name="Purse", kind="cash", currency="BRL"
    )
    theirs = recorded(Importer(other, bank.by, purse), date(2026, 5, 1), "-5.00")
    ids = {"own": recorded(bank, date(2026, 4, 1), "9.00"), "theirs": theirs}
    started = bank.look([("20260501", "-5.00", "A", "Coffee")])

    with pytest.raises(Invalid) as refused:
        bank.choose(started, 1, **{name: ids.get(one, one) for name, one in given.items()})

    assert refused.value.faults[0].code == code
    assert not line(started).is_chosen


def test_another_choice_decides_the_others_anew(bank: Importer) -> None:
    recorded(bank, date(2026, 5, 1), "-5.00", "Coffee")
    started = bank.look([("20260501", "-5.00", "", "Coffee")] * 2)
    assert [one for one, _ in verdicts(started)] == ["duplicate", "new"]

    bank.choose(started, 1, verdict="new")

    assert [one for one, _ in verdicts(started)] == ["new", "duplicate"]


def test_what_a_line_is_about_decides_no_other_and_costs_a_few_statements(
    bank: Importer, groceries: Account
) -> None:
    started = bank.look([("20260501", "-5.00", "", "Coffee")] * 2)

    with CaptureQueriesContext(connection) as about:
        (chosen,) = bank.choose(started, 1, category_id=groceries.id, description="Coffee bar")

    assert (chosen.category_id, chosen.own_description) == (groceries.id, "Coffee bar")
    with CaptureQueriesContext(connection) as whole:
        bank.choose(started, 1, verdict="new")
    assert len(about) < len(whole) / 2
    # Its lines and the import itself, which has a new version.
    written = [one["sql"].split()[1] for one in about if one["sql"].startswith("UPDATE")]
    assert written == ['"transactions_importline"', '"transactions_import"']
