"""Periods: by name, by days, in books whose months begin on another day, and those beside them."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from buffet.errors import Invalid
from buffet.rest.query import Malformed
from reports.periods import (
    EARLIER,
    LONGEST,
    PARAMETERS,
    PRESETS,
    Period,
    name_of_period,
    named,
    read,
)

TODAY = date(2026, 11, 26)


def days(period: Period) -> tuple[str, str]:
    return period.since.isoformat(), period.until.isoformat()


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        ("this-month", "2026-11-01", "2026-11-26"),
        ("last-month", "2026-10-01", "2026-10-31"),
        ("this-quarter", "2026-10-01", "2026-11-26"),
        ("last-quarter", "2026-07-01", "2026-09-30"),
        ("this-year", "2026-01-01", "2026-11-26"),
        ("last-year", "2025-01-01", "2025-12-31"),
        ("last-12-months", "2025-12-01", "2026-11-26"),
        ("last-24-months", "2024-12-01", "2026-11-26"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2025", "2025-01-01", "2025-12-31"),
        ("2026-11", "2026-11-01", "2026-11-26"),
        ("2027-01", "2027-01-01", "2027-01-31"),
    ],
)
def test_a_named_period_has_these_days_and_ends_today(name: str, since: str, until: str) -> None:
    assert days(named(name, TODAY)) == (since, until)


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        ("this-month", "2026-11-25", "2026-11-26"),
        ("last-month", "2026-10-25", "2026-11-24"),
        ("2026-02", "2026-02-25", "2026-03-24"),
        ("last-12-months", "2025-12-25", "2026-11-26"),
        ("2025", "2025-01-25", "2026-01-24"),
    ],
)
def test_months_begin_on_the_day_that_the_book_says(name: str, since: str, until: str) -> None:
    assert days(named(name, TODAY, 25)) == (since, until)


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-00", "2026-Q5", "20", "1899", "yesterday", "2026-1", "２０２６"]
)
def test_what_is_no_period_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Malformed, match="A period is one of"):
        name_of_period(text)


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"period": "2026", "date_to": TODAY}, "?period"),
        ({"date_from": date(2026, 5, 2), "date_to": date(2026, 5, 1)}, "?date_to"),
        ({"date_from": date(1999, 1, 1), "date_to": TODAY}, "?date_from"),
    ],
)
def test_contradicting_days_are_refused_by_name(sent: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(sent, today=TODAY, start_day=1, default="this-month")

    assert refused.value.faults[0].pointer == pointer


def test_the_longest_period_has_its_months_and_no_more() -> None:
    sent = {"date_from": date(2016, 12, 1), "date_to": TODAY}

    found = read(sent, today=TODAY, start_day=1, default="this-month")

    assert len(found.months) == LONGEST


def test_a_period_of_days_clips_its_first_and_last_month() -> None:
    found = Period(date(2026, 1, 15), date(2026, 3, 10))

    assert [(m.name.month, m.since.day, m.until.day) for m in found.months] == [
        (1, 15, 31),
        (2, 1, 28),
        (3, 1, 10),
    ]
    assert not found.is_whole


@pytest.mark.parametrize(
    ("period", "before", "year_before", "after"),
    [
        # A month.
        (
            ("2026-03-01", "2026-03-31"),
            ("2026-02-01", "2026-02-28"),
            ("2025-03-01", "2025-03-31"),
            ("2026-04-01", "2026-04-30"),
        ),
        # A month that goes on: as many days of the one before.
        (
            ("2026-11-01", "2026-11-26"),
            ("2026-10-01", "2026-10-26"),
            ("2025-11-01", "2025-11-26"),
            ("2026-12-01", "2026-12-31"),
        ),
        # To the 30th of March, a day that February has not.
        (
            ("2026-03-01", "2026-03-30"),
            ("2026-02-01", "2026-02-28"),
            ("2025-03-01", "2025-03-30"),
            ("2026-04-01", "2026-04-30"),
        ),
        # A leap February.
        (
            ("2024-02-01", "2024-02-29"),
            ("2024-01-01", "2024-01-31"),
            ("2023-02-01", "2023-02-28"),
            ("2024-03-01", "2024-03-31"),
        ),
        # A year.
        (
            ("2025-01-01", "2025-12-31"),
            ("2024-01-01", "2024-12-31"),
            ("2024-01-01", "2024-12-31"),
            ("2026-01-01", "2026-12-31"),
        ),
        # Any ten days.
        (
            ("2026-05-11", "2026-05-20"),
            ("2026-05-01", "2026-05-10"),
            ("2025-05-11", "2025-05-20"),
            ("2026-05-21", "2026-05-30"),
        ),
    ],
)
def test_the_periods_beside_a_period_are_as_long(
    period: tuple[str, str],
    before: tuple[str, str],
    year_before: tuple[str, str],
    after: tuple[str, str],
) -> None:
    found = Period(*map(date.fromisoformat, period))

    assert days(found.before) == before
    assert days(found.year_before) == year_before
    assert days(found.after) == after


def test_a_year_that_goes_on_is_beside_the_same_days_of_the_year_before() -> None:
    found = named("this-year", TODAY)

    assert days(found.before) == days(found.year_before) == ("2025-01-01", "2025-11-26")
    assert days(named("this-quarter", TODAY).before) == ("2026-07-01", "2026-08-26")


def test_every_day_lies_in_one_month_of_a_period() -> None:
    for start_day in (1, 2, 15, 28):
        found = Period(date(2023, 11, 9), date(2026, 2, 3), start_day=start_day)

        months = found.months

        assert months[0].since == found.since
        assert months[-1].until == found.until
        for one, following in pairwise(months):
            assert (following.since - one.until).days == 1
            assert following.since.day == start_day
            assert one.name < following.name


@pytest.mark.parametrize("start_day", [1, 5, 25, 28])
def test_what_is_sent_for_a_period_has_the_same_days_before_it(start_day: int) -> None:
    names = [*PRESETS, *("2025", "2026", "2027", "2025-Q4", "2026-Q2", "2026-Q3", "2026-06")]
    for past in range(0, 500, 3):
        today = date(2025, 12, 20) + timedelta(days=past)
        wanted = [named(name, today, start_day) for name in names]
        for many in (0, 1, 30, 89, 364, 700):
            wanted.append(Period(today - timedelta(days=many), today, start_day=start_day))
        for one in wanted:
            sent = {name: PARAMETERS[name](value) for name, value in one.sent.items()}
            found = read(sent, today=today, start_day=start_day, default="this-month")
            assert days(found) == days(one), sent
            for earlier in EARLIER.values():
                assert days(earlier(found)) == days(earlier(one)), (today, sent)


@pytest.mark.parametrize("start_day", [1, 25])
@pytest.mark.parametrize("name", [*PRESETS, "2026-11", "2026-Q4", "2026", "2025-02", "2024"])
def test_one_steps_back_to_a_whole_period_and_leaves_no_day_out(name: str, start_day: int) -> None:
    period = named(name, TODAY, start_day)
    earlier = period.previous

    assert earlier.until == period.since - timedelta(1)
    assert earlier.is_whole
    assert len(earlier.months) == period.unit
    assert earlier.previous.until == earlier.since - timedelta(1)


def test_one_steps_back_from_days_by_as_many_days() -> None:
    period = Period(date(2026, 11, 10), date(2026, 11, 19))

    assert days(period.previous) == ("2026-10-31", "2026-11-09")
