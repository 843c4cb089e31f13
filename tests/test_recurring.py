"""Due dates are counted from the first day: nothing drifts, and each is found without a walk."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transactions.recurring import END_OF_DAYS, MOST_PERIODS, Cadence, Schedule

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
SCHEDULES = st.builds(
    Schedule,
    starts_on=DAYS,
    cadence=st.sampled_from(Cadence.values),
    every=st.integers(1, MOST_PERIODS),
    ends_on=st.none() | DAYS,
)


def walked(schedule: Schedule) -> list[date]:
    """Return every due date, one after the other."""
    numbers = map(schedule.nth, range(20_000))
    return [day for day in takewhile(lambda day: day is not None, numbers) if day is not None]


def test_31_jan_to_28_feb_to_31_mar_without_drift() -> None:
    schedule = Schedule(date(2026, 1, 31), Cadence.MONTHLY)

    assert [schedule.nth(number) for number in range(4)] == [
        date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30),
    ]  # fmt: skip
    assert schedule.nth(12 * 100 + 2) == date(2126, 3, 31)


def test_29_feb_comes_back_in_leap_years() -> None:
    schedule = Schedule(date(2024, 2, 29), Cadence.YEARLY)

    assert schedule.between(date(2025, 1, 1), date(2028, 12, 31)) == [
        date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cadence", "every", "second", "third"),
    [
        ("weekly", 2, date(2026, 2, 14), date(2026, 2, 28)),
        ("monthly", 3, date(2026, 4, 30), date(2026, 7, 31)),
        ("quarterly", 1, date(2026, 4, 30), date(2026, 7, 31)),
        ("quarterly", 2, date(2026, 7, 31), date(2027, 1, 31)),
        ("yearly", 2, date(2028, 1, 31), date(2030, 1, 31)),
    ],
)
def test_every_so_many_periods(cadence: str, every: int, second: date, third: date) -> None:
    schedule = Schedule(date(2026, 1, 31), cadence, every)

    assert (schedule.nth(1), schedule.nth(2)) == (second, third)


def test_nothing_falls_due_before_it_starts_or_after_it_ends() -> None:
    schedule = Schedule(date(2026, 1, 31), Cadence.MONTHLY, 1, date(2026, 3, 30))

    assert schedule.between(date(2020, 1, 1), date(2030, 1, 1)) == [
        date(2026, 1, 31),
        date(2026, 2, 28),
    ]
    assert schedule.first_from(date(2026, 3, 1)) is None
    assert not schedule.falls_due(date(2026, 3, 31))


@given(SCHEDULES, DAYS, DAYS)
def test_what_lies_between_two_days_is_what_a_walk_finds(
    schedule: Schedule, first: date, last: date
) -> None:
    found = schedule.between(first, last)

    every = walked(schedule)
    assert found == [day for day in every if first <= day <= last]
    assert schedule.count(last) == len([day for day in every if day <= last])
    assert schedule.falls_due(first) == (first in every)
    assert schedule.first_from(first) == next((day for day in every if day >= first), None)
    assert schedule.latest(first, last, 3) == found[-3:]


@given(SCHEDULES)
def test_due_dates_rise_and_keep_their_day(schedule: Schedule) -> None:
    days = walked(schedule)

    assert days == sorted(set(days))
    for day in days:
        assert schedule.starts_on <= day <= min(schedule.ends_on or END_OF_DAYS, END_OF_DAYS)
        if schedule.cadence == Cadence.WEEKLY:
            assert (day - schedule.starts_on).days % (7 * schedule.every) == 0
        elif day.day != schedule.starts_on.day:
            assert day.day < schedule.starts_on.day
            assert (day + timedelta(days=1)).day == 1


@given(SCHEDULES, DAYS, st.sets(st.integers(0, 30)))
def test_the_nearest_that_is_left_is_nearest_of_all(
    schedule: Schedule, day: date, taken: set[int]
) -> None:
    besides = {one for number in taken if (one := schedule.nth(number))}

    found = schedule.nearest(day, besides)

    left = [one for one in walked(schedule) if one not in besides]
    assert found == min(left, key=lambda one: (abs(one - day), one), default=None)


def test_monthly_burn_weekly_52_12_quarterly_3_yearly_12() -> None:
    def burn(cadence: str, every: int = 1) -> Decimal:
        return Schedule(date(2026, 1, 1), cadence, every).per_month(Decimal(36))

    assert burn("weekly") == Decimal(156)
    assert burn("weekly", 2) == Decimal(78)
    assert burn("monthly") == Decimal(36)
    assert burn("monthly", 3) == burn("quarterly") == Decimal(12)
    assert burn("quarterly", 2) == Decimal(6)
    assert burn("yearly") == Decimal(3)
    assert burn("yearly", 3) == Decimal(1)
