"""Until when a book's own rate holds is what reports make of it."""

from datetime import date, timedelta

import pytest
from bookkeeping import own_rate, rate
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from accounts.holding import End, ends
from accounts.models import BookRate, ExchangeRate
from accounts.rates import Rates
from buffet.models import Book

pytestmark = pytest.mark.django_db
FIRST = date(2026, 10, 19)
DAYS = [FIRST + timedelta(days=one) for one in range(6)]
PAIRS = [("USD", "BRL"), ("BRL", "USD"), ("EUR", "BRL"), ("EUR", "USD"), ("BRL", "EUR")]
QUOTED = st.sets(st.tuples(st.sampled_from(PAIRS), st.sampled_from(DAYS)), max_size=8)


def end(book: Book, base: str = "USD", quote: str = "BRL") -> End | None:
    """Return the end of a rate of the first day."""
    (found,) = ends(book.id, [(base, quote, FIRST)])
    return found


def test_a_rate_has_no_end_until_another_one_comes(book: Book) -> None:
    own_rate(book, "USD", "BRL", FIRST, "5.5")
    rate("USD", "BRL", DAYS[0], "5.4")
    rate("EUR", "BRL", DAYS[2], "6")

    assert end(book) is None
    assert ends(book.id, []) == []


@pytest.mark.parametrize(("base", "quote"), [("USD", "BRL"), ("BRL", "USD")])
def test_a_shared_one_of_either_way_ends_it(book: Book, base: str, quote: str) -> None:
    own_rate(book, "USD", "BRL", FIRST, "5.5")
    rate(base, quote, DAYS[3], "5.4")

    found = end(book)

    assert found == End(DAYS[2], "shared")
    assert found.next_on == DAYS[3]


def test_an_own_one_goes_before_the_shared_of_its_day_and_a_quotation_before_a_cross(
    book: Book,
) -> None:
    own_rate(book, "USD", "BRL", FIRST, "5.5")
    rate("EUR", "BRL", DAYS[1], "6")
    rate("EUR", "USD", DAYS[3], "1.1")
    assert end(book) == End(DAYS[2], "crossed")

    rate("USD", "BRL", DAYS[3], "5.4")
    assert end(book) == End(DAYS[2], "shared")

    own_rate(book, "BRL", "USD", DAYS[3], "0.18")
    assert end(book) == End(DAYS[2], "own")


def test_another_book_s_rate_ends_none(book: Book) -> None:
    other = Book.objects.create(name="Elsewhere", base_currency="BRL")
    own_rate(book, "USD", "BRL", FIRST, "5.5")
    own_rate(other, "USD", "BRL", DAYS[1], "5.4")

    assert end(book) is None


@examples(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(shared=QUOTED, own=QUOTED, base=st.sampled_from(["USD", "EUR"]))
def test_it_is_what_reports_convert_with(
    book: Book,
    shared: set[tuple[tuple[str, str], date]],
    own: set[tuple[tuple[str, str], date]],
    base: str,
) -> None:
    BookRate.objects.all().delete()
    ExchangeRate.objects.all().delete()
    for (one, other), on in shared:
        rate(one, other, on, "2")
    for (one, other), on in own:
        if (on, {one, other}) != (FIRST, {base, "BRL"}):
            own_rate(book, one, other, on, "3")
    own_rate(book, base, "BRL", FIRST, "7")

    found = Rates.read(book.id, "BRL", "BRL", [base], DAYS)

    told = [on for on in DAYS if found.rate(base, on).as_of == FIRST]
    last = end(book, base)
    assert told[-1] == (DAYS[-1] if last is None else last.last_on)
    assert all(found.rate(base, on).rate == 7 for on in told)
