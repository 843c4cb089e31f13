"""What accounts were worth day by day in one currency, and what their value was made of."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import accumulate, groupby
from typing import NamedTuple
from uuid import UUID

from accounts.rates import Rates
from buffet.money import Money, round_to
from reports.periods import DAY, Period
from reports.queries.investments import Investment, Moved
from reports.queries.returns import Flow, Mark, Return, money_weighted, time_weighted
from reports.queries.worth import ZERO


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a value was made of in a period, in one currency.

    closing = opening + contributions − withdrawals + income − costs + gains + rates, where `rates`
    is what other exchange rates made of it: nothing in an account's own currency.
    """

    currency: str
    opening: Decimal
    contributions: Decimal
    withdrawals: Decimal
    income: Decimal
    costs: Decimal
    gains: Decimal
    rates: Decimal
    closing: Decimal

    @property
    def growth(self) -> Decimal:
        """What it is worth more, apart from what was put in and taken out."""
        return self.income - self.costs + self.gains + self.rates


class Piece(StrEnum):
    """What a value was made of, as `Amounts` calls it; and what was put in since and before."""

    CONTRIBUTIONS = "contributions"
    WITHDRAWALS = "withdrawals"
    INCOME = "income"
    COSTS = "costs"
    GAINS = "gains"
    RATES = "rates"
    GROWTH = "growth"
    PUT_IN = "put_in"


class Part(NamedTuple):
    """How much of a piece a transaction was, and on which accounts by name.

    Where none did it, `held` was on the account while the rate moved, since `since`; or was there
    before the period, which has no `since`.
    """

    on: date
    transaction_id: UUID | None
    accounts: Sequence[str]
    amount: Decimal
    held: Money | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Grown:
    """What a value was made of, and how much it grew in percent."""

    amounts: Amounts
    time_weighted: Return
    money_weighted: Return


@dataclass(frozen=True, eq=False)
class Track:
    """An account in a period, in the currency of `rates`: its own, or the report's.

    `moves` are in its own currency, the earliest first. What was there is brought at the rate of
    the day that is asked about, what moved at that of its own day; each amount is rounded.
    """

    account: Investment
    moves: Sequence[Moved]
    rates: Rates
    _days: Sequence[date] = field(init=False)
    _held: Sequence[Decimal] = field(init=False)

    def __post_init__(self) -> None:
        totals = accumulate((one.total for one in self.moves), initial=self.account.opening)
        object.__setattr__(self, "_days", [one.on for one in self.moves])
        object.__setattr__(self, "_held", list(totals))

    def held(self, on: date) -> Decimal:
        """Return what was there at the end of a day, in the account's own currency."""
        return self._held[bisect_right(self._days, on)]

    def value(self, on: date) -> Decimal:
        """Return what was there at the end of a day."""
        held = self.held(on)
        return self.brought(held, on) if held else ZERO

    def brought(self, amount: Decimal, on: date) -> Decimal:
        """Return an amount at the rate of a day; there must be one (`is_known`)."""
        if self.account.currency == self.rates.target:
            return amount
        rate = self.rates.rate(self.account.currency, on).rate
        if rate is None:
            raise LookupError(f"no rate from {self.account.currency} on {on}")
        return round_to(amount * rate, self.rates.target)

    def revalued(self, before: date, until: date) -> Iterator[Part]:
        """Yield what other rates made of what was there, from one day that moved it to the next.

        Each is what was there at the rate of the later day less its value before; the last cents
        that are rounded on that day are in it.
        """
        since, value = before, self.value(before)
        moved: dict[date, Decimal] = {until: ZERO}
        for one in self.moves:
            parts = (one.put, one.income, -one.costs, one.gains)
            brought = sum((self.brought(part, one.on) for part in parts), ZERO)
            moved[one.on] = moved.get(one.on, ZERO) + brought
        for day in sorted(moved):
            held, now = self.held(day - DAY), self.value(day)
            amount = now - value - moved[day]
            if amount:
                there = Money(held, self.account.currency)
                yield Part(day, None, (self.account.name,), amount, there, since)
            since, value = day, now

    def is_known(self, before: date) -> bool:
        """Whether there are rates since the first day on which one is needed."""
        first = before if self.account.opening else next(iter(self._days), None)
        if first is None or self.account.currency == self.rates.target:
            return True
        # A rate is carried on, so that one is there for each later day.
        return self.rates.rate(self.account.currency, first).rate is not None


@dataclass(frozen=True, eq=False)
class Tracks:
    """Accounts together, all in one currency, in a period; `valued` are days of valuations."""

    currency: str
    period: Period
    tracks: Sequence[Track]
    valued: Iterable[date]

    @property
    def before(self) -> date:
        """The day before the period."""
        return self.period.since - DAY

    def value(self, on: date) -> Decimal:
        """Return what was there at the end of a day."""
        return sum((one.value(on) for one in self.tracks), ZERO)

    @cached_property
    def _moves(self) -> Sequence[tuple[Track, Moved]]:
        found = [(track, moved) for track in self.tracks for moved in track.moves]
        return sorted(found, key=lambda one: (one[1].on, one[1].transaction_id))

    @cached_property
    def flows(self) -> dict[date, Flow]:
        """What came from elsewhere and went elsewhere, by day.

        What a transaction moved between these accounts is neither.
        """
        flows: dict[date, Flow] = {}
        for (day, _), group in self._transactions():
            net = _sum("put", group)
            came, went = flows.get(day, Flow())
            flows[day] = Flow(came + max(net, ZERO), went + max(-net, ZERO))
        return flows

    def _transactions(self) -> Iterator[tuple[tuple[date, UUID], list[tuple[Track, Moved]]]]:
        grouped = groupby(self._moves, key=lambda one: (one[1].on, one[1].transaction_id))
        return ((key, list(group)) for key, group in grouped)

    def of(self, piece: Piece) -> list[Part]:
        """Return that of which a piece of `amounts` is the sum, the earliest first."""
        if piece == Piece.RATES:
            return self._revalued()
        if piece == Piece.GROWTH:
            costs = [one._replace(amount=-one.amount) for one in self._moved("costs")]
            parts = [*self._moved("income"), *costs, *self._moved("gains"), *self._revalued()]
            return sorted(parts, key=lambda one: one.on)
        if piece == Piece.PUT_IN:
            return [*self._before(), *self._moved("put")]
        if piece in (Piece.CONTRIBUTIONS, Piece.WITHDRAWALS):
            sign = 1 if piece == Piece.CONTRIBUTIONS else -1
            parts = [one._replace(amount=sign * one.amount) for one in self._moved("put")]
            return [one for one in parts if one.amount > 0]
        return self._moved(piece)

    def _moved(self, name: str) -> list[Part]:
        """Return how much of an amount of movements each transaction was."""
        found = []
        for (day, id), group in self._transactions():
            amount = _sum(name, group)
            if amount:
                names = dict.fromkeys(track.account.name for track, _ in group)
                found.append(Part(day, id, tuple(names), amount))
        return found

    def _revalued(self) -> list[Part]:
        parts = (track.revalued(self.before, self.period.until) for track in self.tracks)
        return sorted((one for own in parts for one in own), key=lambda one: one.on)

    def _before(self) -> list[Part]:
        day = self.before
        return [
            Part(day, None, (track.account.name,), value, Money(track.held(day), own))
            for track in self.tracks
            if (value := track.value(day)) and (own := track.account.currency)
        ]

    @cached_property
    def marks(self) -> Sequence[Mark]:
        """What was there at the period's ends, on days of valuations, and where nothing was."""
        days = {self.before, self.period.until, *self.valued}
        held = {track.account.id: track.account.opening for track in self.tracks}
        for day, group in groupby(self._moves, key=lambda one: one[1].on):
            was_there = any(held.values())
            for track, moved in group:
                held[track.account.id] += moved.total
            if not (was_there and any(held.values())):
                days.add(day)
        return [Mark(day, self.value(day)) for day in sorted(days)]

    def amounts(self) -> Amounts:
        """Return what the value was made of."""

        opening, closing = self.value(self.before), self.value(self.period.until)
        came = sum((flow.came for flow in self.flows.values()), ZERO)
        went = sum((flow.went for flow in self.flows.values()), ZERO)
        income, costs, gains = (_sum(name, self._moves) for name in ("income", "costs", "gains"))
        rest = closing - opening - came + went - income + costs - gains
        return Amounts(self.currency, opening, came, went, income, costs, gains, rest, closing)

    def grown(self) -> Grown:
        """Return what the value was made of, and what that is in percent."""
        marks, flows = self.marks, self.flows
        return Grown(
            self.amounts(),
            time_weighted(marks, flows),
            money_weighted(marks[0], flows, marks[-1]),
        )


def _sum(name: str, moves: Iterable[tuple[Track, Moved]]) -> Decimal:
    """Return what movements come to of one of their amounts, each at the rate of its day."""
    return sum((track.brought(getattr(moved, name), moved.on) for track, moved in moves), ZERO)
