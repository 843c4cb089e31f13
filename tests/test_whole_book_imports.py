"""A book takes along how files are read and what they told: the bank's file adds nothing there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from importing import Importer, line, transaction_of, verdicts
from raw import put_entries, put_transaction
from test_import_matching import recorded
from test_whole_book_refused import changed
from whole_books import Line, alike, exported, load

from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Refusal
from buffet.models import Book, Membership, User
from transactions import services as ledger
from transactions.books.kinds import KINDS
from transactions.books.loading import renaming
from transactions.drafts import Changes
from transactions.imports.tables.profile import Profile
from transactions.models import BalancePoint, Entry, Import, ImportStatus, Rule
from transactions.queries.verification import verify

pytestmark = pytest.mark.django_db
ROWS = [
    ("20260501", "-5.00", "A", "Market"),
    ("20260502", "-6.00", "", "Coffee"),
    ("20260502", "-6.00", "", "Coffee"),
    ("20260503", "-7.00", "B", "Bread"),
    ("20260504", "-8.00", "C", "Pending"),
    ("20260505", "-9.00", "", "Not mine"),
    ("20260506", "-10.00", "D", "By hand"),
]

NOBODY = "01a21b6e-ac8f-719e-9d01-d19027300000"
#: A kind of line, what its first one says instead, and what is said to that.
WRONG: list[tuple[str, Line, str]] = [
    ("rule", {"regex": "(?=x)"}, "RE2 says"),
    ("rule", {"regex": "x" * 201}, "at most 200"),
    ("rule", {"amount_min": "-1"}, "rule has amounts without sign"),
    ("rule", {"category": ..., "vendor": ...}, "rule gives something"),
    ("rule", {"category": NOBODY}, "rule gives a category"),
    ("rule", {"vendor": NOBODY}, "not in the file"),
    ("import_profile", {"profile": {"date": 7}}, "/date This is a list"),
    ("import_profile", {"profile": {"shape": 7}}, "/shape There is no such field"),
    ("import_profile", {"profile": [1]}, "A profile is an object"),
    ("import", {"status": "preview"}, "This is one of"),
    ("import", {"options": {"day_first": "yes"}}, "true or false"),
    ("import", {"options": {"sort": True}}, "an object of"),
    ("import", {"lines_count": 9}, "has not the lines"),
    ("import", {"done": 8}, "has not the lines"),
    ("import", {"lines_count": 2**40}, "import"),
    ("import_line", {"verdict": "lost"}, "This is one of"),
    ("import_line", {"category_reason": "rule:1"}, "not an id"),
    ("import_line", {"vendor_reason": "<b>"}, "This is a reason"),
    ("import_line", {"before": {"date": "2026-05-01"}}, "an object of"),
    ("import_line", {"before": dict.fromkeys(("date", "amount", "status"), "x")}, "YYYY"),
    ("import_line", {"of_import": NOBODY}, "not in the file"),
]


@pytest.fixture
def loader(person: Callable[..., User]) -> User:
    """Somebody who has no book yet."""
    return person("loader")


@pytest.fixture
def bank(book: Book, by: Actor, checking: Account, groceries: Account) -> Importer:
    """A book with rules, profiles and an import of whose lines everything became that may."""
    who: dict[str, Any] = {"book": book, "by": by}
    vendor = ledger.create_vendor(**who, name="Baker")
    given = {"category_id": groceries.id, "vendor_id": vendor.id}
    ledger.create_rule(**who, name="Bread", regex=r"^bread\b", account_id=checking.id, **given)
    ledger.create_rule(**who, name="Coins", contains="coin", direction="out", **given)
    names = ledger.create_rule(**who, name="First", contains="market", **given).id
    order = Rule.objects.filter(book=book).exclude(id=names).values_list("id", flat=True)
    ledger.order_rules(**who, rule_ids=[names, *order])
    profile = Profile(header=("Day", "Sum"), date=("Day",), amount=2, negate=True, date_order="dmy")
    ledger.create_profile(**who, name="Bank", profile=profile, account_id=checking.id)
    ledger.create_profile(**who, name="All", profile=Profile(decimal_mark=","))
    found = Importer(book, by, checking, "-1000.00")
    recorded(found, date(2026, 5, 3), "-8.00", "Pending", status="pending")
    recorded(found, date(2026, 5, 6), "-10.00", "By hand")
    started = found.look(ROWS)
    found.choose(started, 6, verdict="ignored")
    found.commit(started, book_opening_balance=True)
    # The bank's words say which row it is, not what people made of them.
    for number, changes in (
        (1, {"description": "The market", "date": date(2026, 5, 9)}),
        (2, {"description": "Breakfast"}),
    ):
        id = transaction_of(started, number)
        assert id
        ledger.correct(**who, transaction_id=id, changes=Changes(changes))
    found.revert(found.bring([("20260520", "-1.00", "Z", "Again")]))
    found.look([("20260521", "-1.00", "Y", "Only looked at")])
    return found


def loaded(bank: Importer, user: User) -> Importer:
    """Return who keeps the same book elsewhere."""
    book = load(user, exported(bank.book))
    account = Account.objects.get(book=book, name=bank.account.name)
    by = Actor(user.id, "api", email=user.email)
    return replace(bank, book=book, by=by, account=account)


def test_rules_profiles_and_imports_come_back_as_they_went(bank: Importer, loader: User) -> None:
    first = exported(bank.book)

    book = load(loader, first)

    assert alike(exported(book)) == alike(first)
    kinds = [one["row"] for one in alike(first)]
    assert [kinds.count(one) for one in ("rule", "import_profile", "import", "import_line")] == [
        3, 2, 2, 8,
    ]  # fmt: skip
    assert BalancePoint.objects.get(book=book).of_import.book_id == book.id
    (rule,) = Rule.objects.filter(book=book, name="Bread")
    bread = line(Import.objects.get(book=book, status=ImportStatus.COMMITTED), 4)
    assert (bread.category_id, bread.vendor_id) == (rule.category_id, rule.vendor_id)
    assert bread.category_reason == f"rule:{rule.id}"
    assert not [check for check in verify(book.id) if not check.ok]


def test_the_bank_s_file_adds_nothing_to_a_loaded_book(bank: Importer, loader: User) -> None:
    there = loaded(bank, loader)
    before = there.entries()
    for rows in (ROWS, ROWS[:4], [*reversed(ROWS)]):
        here, elsewhere = bank.look(rows), there.look(rows)

        assert verdicts(elsewhere) == verdicts(here)
        assert "new" not in dict(verdicts(elsewhere))
        there.commit(elsewhere)
        bank.commit(here)
    assert there.entries() == before == bank.entries()


def test_what_was_recorded_ahead_is_waited_for_in_the_book_it_moved_to(
    bank: Importer, groceries: Account, loader: User
) -> None:
    due = date(2026, 6, 1)
    parcel = put_transaction(bank.book, due, recorded=date(2026, 4, 1))
    put_entries(bank.book, parcel, (bank.account, "-30.00"), (groceries, "30.00"), on=due)
    there = loaded(bank, loader)

    for one in (bank, there):
        assert verdicts(one.look([("20260602", "-30.00", "P2", "LOJA 2/3")])) == [
            ("posted", "instalment_due")
        ]


def test_an_import_that_was_loaded_is_taken_back_and_comes_again(
    bank: Importer, loader: User
) -> None:
    there = loaded(bank, loader)
    whole = Import.objects.get(book=there.book, status=ImportStatus.COMMITTED)
    amounts = sorted(one[1] for one in there.entries())

    there.revert(whole)

    assert [(text, status) for *_, text, status in there.entries()] == [
        ("Pending", "pending"),
        ("By hand", "cleared"),
    ]
    again = there.look(ROWS)
    there.choose(again, 6, verdict="ignored")
    there.commit(again, book_opening_balance=True)
    assert sorted(one[1] for one in there.entries()) == amounts


def test_an_import_that_was_cut_off_goes_on_where_it_was_loaded(
    bank: Importer, loader: User, settings: Any
) -> None:
    settings.IMPORT_CHUNK = 2
    rows = [(f"2026060{day}", f"-{day}.00", "", "June") for day in range(1, 7)]
    started = bank.commit(bank.look(rows), seconds=0)
    assert (started.status, started.done) == (ImportStatus.COMMITTING, 2)
    there = loaded(bank, loader)
    half = Import.objects.get(book=there.book, status=ImportStatus.COMMITTING)

    there.commit(half)
    bank.commit(started)

    assert there.entries() == bank.entries()


def test_files_of_version_1_are_loaded(book: Book, checking: Account, loader: User) -> None:
    first, _ = changed(exported(book), "book", {"version": 1})

    assert load(loader, first).name == book.name


def test_what_a_rule_a_profile_or_an_import_cannot_say_is_named(
    bank: Importer, loader: User
) -> None:
    content = exported(bank.book)
    for row, more, said in WRONG:
        wrong, number = changed(content, row, more)

        with pytest.raises(Refusal) as refused:
            load(loader, wrong)

        assert said in refused.value.detail
        assert refused.value.detail.startswith(f"Line {number}: "), more
    assert not Membership.objects.filter(user=loader).exists()


def test_a_book_has_no_more_rules_than_it_may(
    bank: Importer, loader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = exported(bank.book)
    monkeypatch.setitem(KINDS, "rule", replace(KINDS["rule"], most=2))

    with pytest.raises(Refusal, match="at most 2 lines of the kind rule"):
        load(loader, content)


def test_rows_of_a_loaded_book_keep_their_order(bank: Importer) -> None:
    ids = sorted(
        str(id) for id in Entry.objects.filter(book=bank.book).values_list("id", flat=True)
    )
    assert len({id[:35] for id in ids}) < len(ids), "some differ in their last digit alone"

    for key in (1, 2**28 - 1):
        renamed = [renaming(key)(id) for id in ids]
        assert renamed == sorted(renamed)
        assert [renaming(key)(id) for id in renamed] == ids
