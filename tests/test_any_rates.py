"""Whatever rates there are: which one is told, counted again without SQL."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from bookkeeping import TODAY, own_rate, rate

from accounts.models import BookRate, ExchangeRate
from accounts.rates import Rates
from buffet.models import Book


class Quote(NamedTuple):
    """A rate as it was quoted."""

    on: date
    own: bool
    base: str
    quote: str
    rate: Decimal


CURRENCIES = ("BRL", "USD", "JPY", "EUR", "GBP")
DAYS = tuple(TODAY + timedelta(days=n) for n in range(5))


def made_up(book: Book, seed: int) -> list[Quote]:
    """Keep some rates, shared and own."""
    chance = random.Random(seed)
    found = {}
    for _ in range(chance.randint(2, 9)):
        base, quote = chance.sample(CURRENCIES, 2)
        value = Decimal(chance.randint(1, 400)) / 20
        one = Quote(chance.choice(DAYS), chance.random() < 0.6, base, quote, value)
        found[one[:4]] = one
    for one in found.values():
        given = one.base, one.quote, one.on, str(one.rate)
        if one.own:
            own_rate(book, *given)
        else:
            rate(*given)
    return list(found.values())


def pair(quotes: list[Quote], one: str, other: str, day: date) -> Quote | None:
    """Return the latest quotation of a pair as what `one` is worth; the book's own first."""
    both = [
        (of.on, of.own, of.base == one, of)
        for of in quotes
        if {of.base, of.quote} == {one, other} and of.on <= day
    ]
    if not both:
        return None
    *_, is_direct, best = max(both)
    value = best.rate if is_direct else 1 / best.rate
    return Quote(best.on, best.own, one, other, value)


def divided(there: Quote | None, here: Quote | None) -> Quote | None:
    """Return the cross of two rates; as old as its older half."""
    if here is None or there is None:
        return None
    of_book = here.own or there.own
    return Quote(min(here.on, there.on), of_book, "", "", there.rate / here.rate)


def as_ever(quotes: list[Quote], one: str, other: str, day: date) -> Quote | None:
    """Return the rate of before there was a way through the book: the pair's or the euro's."""
    quoted = pair(quotes, one, other, day)
    euro = divided(pair(quotes, "EUR", other, day), pair(quotes, "EUR", one, day))
    known = [found for found in (euro, quoted) if found]
    return max(known, key=lambda found: (found.on, found is quoted), default=None)


def through_the_book(quotes: list[Quote], one: str, other: str, day: date) -> Quote | None:
    """Return the cross through the book's currency, if the book's own rates have a part in it."""
    cross = divided(as_ever(quotes, one, "BRL", day), as_ever(quotes, other, "BRL", day))
    return cross if cross and cross.own else None


def told(rates: Rates, currency: str, day: date) -> tuple[date, Decimal] | None:
    """Return the day and rate that are told; None if it is missing."""
    found = rates.rate(currency, day)
    assert rates.values(currency, [day]) == [found.rate]
    return None if found.status == "missing" else (found.as_of, found.rate)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_quoted_it_fills_gaps_and_changes_nothing_else(book: Book, seed: int) -> None:
    quotes = made_up(book, seed)

    for target in CURRENCIES:
        found = Rates.read(book.id, "BRL", target, CURRENCIES, DAYS)
        for currency in set(CURRENCIES) - {target}:
            for day in DAYS:
                asked = quotes, currency, target, day
                expected = as_ever(*asked) or through_the_book(*asked)
                assert told(found, currency, day) == (expected and (expected.on, expected.rate))


def test_what_is_made_up_has_gaps_of_both_kinds(book: Book) -> None:
    kinds = set()
    for seed in range(40):
        BookRate.objects.all().delete()
        ExchangeRate.objects.all().delete()
        asked = made_up(book, seed), "USD", "JPY", DAYS[-1]
        kinds.add((bool(as_ever(*asked)), bool(through_the_book(*asked))))

    assert kinds == {(True, False), (True, True), (False, True), (False, False)}
