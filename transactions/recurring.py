"""When something falls due again: counted from its first day, so that nothing ever drifts."""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import TextChoices

#: The last day of the calendar that the books know.
END_OF_DAYS = date(2199, 12, 31)
MOST_PERIODS = 120


class Cadence(TextChoices):
    """The period of which every first, second, third … one falls due."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


#: How many months a period has; a week has none.
_MONTHS = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.YEARLY: 12}


@dataclass(frozen=True, slots=True)
class Schedule:
    """The due dates of what begins on a day and comes again every so many periods.

    The day of the month is that of `starts_on`, or the month's last where it has no such day: the
    31st of January, the 28th of February, the 31st of March. Nothing falls due after `ends_on`.
    """

    starts_on: date
    cadence: str
    every: int = 1
    ends_on: date | None = None

    def nth(self, number: int) -> date | None:
        """Return the due date of this number, 0 for the first; None behind the last."""
        if self.cadence == Cadence.WEEKLY:
            ordinal = self.starts_on.toordinal() + 7 * self.every * number
            found = date.fromordinal(ordinal) if ordinal <= END_OF_DAYS.toordinal() else None
        else:
            months = self.starts_on.year * 12 + self.starts_on.month - 1
            year, month = divmod(months + self._months * number, 12)
            found = self._in_month(year, month + 1) if year <= END_OF_DAYS.year else None
        return found if found is not None and found <= self._last else None

    def count(self, day: date) -> int:
        """Return how many due dates there are up to and with a day."""
        day = min(day, self._last)
        begin = self.starts_on
        if day < begin:
            return 0
        if self.cadence == Cadence.WEEKLY:
            return (day - begin).days // (7 * self.every) + 1
        months = (day.year - begin.year) * 12 + day.month - begin.month
        number, rest = divmod(months, self._months)
        # In its own month, a due date may still be ahead.
        is_ahead = rest == 0 and self._in_month(day.year, day.month) > day
        return number if is_ahead else number + 1

    def between(self, first: date, last: date) -> list[date]:
        """Return the due dates from one day to another, both included."""
        days = map(self.nth, range(self._before(first), self.count(last)))
        return [day for day in days if day is not None]

    def latest(self, first: date, last: date, most: int) -> list[date]:
        """Return the last due dates, `most` at the most, from one day to another."""
        end = self.count(last)
        days = map(self.nth, range(max(self._before(first), end - most), end))
        return [day for day in days if day is not None]

    def falls_due(self, day: date) -> bool:
        """Whether a day is a due date."""
        return self.count(day) > self._before(day)

    def first_from(self, day: date, besides: Collection[date] = ()) -> date | None:
        """Return the first due date from a day on that is not one of `besides`; None for none."""
        return self._next(self._before(day), besides)

    def nearest(self, day: date, besides: Collection[date] = ()) -> date | None:
        """Return the due date nearest to a day that is not one of `besides`; of two the earlier.

        None if there is no other.
        """
        number = self.count(day)
        later = self._next(number, besides)
        while number > 0:
            number -= 1
            earlier = self.nth(number)
            if earlier is not None and earlier not in besides:
                is_nearer = later is None or abs(day - earlier) <= abs(later - day)
                return earlier if is_nearer else later
        return later

    def per_month(self, amount: Decimal) -> Decimal:
        """Return what an amount for each due date comes to in a month of a year, not rounded.

        A year has 52 weeks.
        """
        if self.cadence == Cadence.WEEKLY:
            return amount * 52 / (12 * self.every)
        return amount / self._months

    def _next(self, number: int, besides: Collection[date]) -> date | None:
        while (found := self.nth(number)) is not None and found in besides:
            number += 1
        return found

    def _before(self, day: date) -> int:
        return self.count(day - timedelta(days=1)) if day > self.starts_on else 0

    @property
    def _months(self) -> int:
        return _MONTHS[Cadence(self.cadence)] * self.every

    @property
    def _last(self) -> date:
        return END_OF_DAYS if self.ends_on is None else min(self.ends_on, END_OF_DAYS)

    def _in_month(self, year: int, month: int) -> date:
        return date(year, month, min(self.starts_on.day, monthrange(year, month)[1]))
