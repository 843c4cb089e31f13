"""How investments did: what their value was made of, and what that is in percent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from accounts.rates import Rate, Rates, State, rates_of
from buffet.money import Money
from buffet.remembering import Kept
from reports.asking import Asked
from reports.periods import DAY, Month
from reports.queries.bringing import Conversion
from reports.queries.investments import (
    Entered,
    Investment,
    Moved,
    Valuation,
    entered,
    investments,
    moves,
    valuations,
)
from reports.queries.tracks import Amounts, Grown, Track, Tracks
from reports.queries.worth import ZERO


@dataclass(frozen=True, slots=True)
class AccountGrown:
    """How an account did in its own currency, and what that came to in the report's.

    `brought` is None where a rate is missing: the account is in no total then. `opened_at` and
    `closed_at` are the rates at which the opening and the closing value are converted.
    """

    account: Investment
    own: Grown
    brought: Amounts | None
    opened_at: Rate
    closed_at: Rate


@dataclass(frozen=True, slots=True)
class BrokerGrown:
    """How the accounts of a broker did together, in the report's currency.

    Accounts without a broker stand together, too: their `id` is None and their `name` empty.
    """

    id: str | None
    name: str
    whole: Grown
    accounts: Sequence[AccountGrown]


@dataclass(frozen=True, slots=True)
class MonthValue:
    """What was there at the end of a month, and how much of it was put in.

    `put_in` is the value before the period with all that came since, less what went.
    """

    month: Month
    value: Decimal
    put_in: Decimal


@dataclass(frozen=True, slots=True)
class Performance:
    """How investments did in a period: each account, each broker, and all of them.

    `left_out` is what the accounts without a rate were worth at the end, by currency.
    """

    asked: Asked
    whole: Grown
    brokers: Sequence[BrokerGrown]
    months: Sequence[MonthValue]
    valuations: Sequence[Valuation]
    conversions: Sequence[Conversion]
    left_out: Sequence[Money]

    @property
    def before(self) -> date:
        """The day at whose end the opening value was there."""
        return self.asked.period.since - DAY

    @property
    def accounts(self) -> Sequence[AccountGrown]:
        """The accounts of all brokers."""
        return [one for broker in self.brokers for one in broker.accounts]


def performance(asked: Asked) -> Performance:
    """Return how investment accounts did: three statements, and one for rates if they are news.

    What it follows from is read anew, and then it is what it was if that is.
    Reads the entries on these accounts in the period; of all others, what their transactions have,
    and what each balance before a day takes: up to half a month.
    An archived account is there if it held anything or moved in the period. Accounts are told in
    their own currency; brokers and all of them in the report's, values at the rate of their day and
    what moved at that of its own. What a transaction moves between accounts that are told together
    is neither contribution nor withdrawal.

    :raises NotFound: if one of `asked.accounts` is no investment account of the book.
    """
    return replace(tracked(asked).performance, asked=asked)


@dataclass(frozen=True)
class Tracked:
    """The investments that were asked for, and which of them there are rates for all along."""

    asked: Asked
    tracks: Sequence[Track]
    known: Sequence[Track]
    valued: Sequence[Valuation]
    rates: Rates

    @cached_property
    def performance(self) -> Performance:
        """How they did."""
        asked, whole = self.asked, self.together(self.known)
        return Performance(
            asked,
            whole.grown(),
            _brokers(self),
            _months(asked, whole),
            self.valued,
            _conversions(asked, self.known, self.rates),
            _left_out(asked, self.tracks, self.known),
        )

    def together(self, chosen: Sequence[Track], currency: str = "") -> Tracks:
        """Return some of the accounts as one, in the report's currency or in another."""
        ids = {one.account.id for one in chosen}
        days = {one.on for one in self.valued if one.account_id in ids}
        return Tracks(currency or self.asked.currency, self.asked.period, chosen, days)


def tracked(asked: Asked) -> Tracked:
    """Return the investments that were asked for, in three statements and one for rates.

    :raises NotFound: if one of `asked.accounts` is no investment account of the book.
    """
    every, state = investments(asked)
    if not every:
        return Tracked(asked, (), (), (), Rates(asked.currency, {}))
    entries, valued = entered(asked, every), tuple(valuations(asked, every))
    question = replace(asked, version=0, shared=0)
    return _TRACKED.get(
        (question, tuple(every), entries, valued, state),
        lambda: _tracked(asked, every, entries, valued, state),
    )


#: By all that was read, up to so many entries of it.
_TRACKED: Kept[Tracked] = Kept(
    20_000, lambda found: 1 + sum(len(one.moves) for one in found.tracks)
)


def _tracked(
    asked: Asked,
    every: Sequence[Investment],
    entries: Sequence[Entered],
    stated: Sequence[Valuation],
    state: State,
) -> Tracked:
    moved: dict[str, list[Moved]] = {one.id: [] for one in every}
    for one in moves(entries, every):
        moved[one.account_id].append(one)
    found = [one for one in every if asked.accounts or _is_there(one, moved[one.id])]
    there = {one.id for one in found}
    valued = [one for one in stated if one.account_id in there]
    rates = rates_of(
        asked.book_id,
        asked.currency,
        frozenset(one.currency for one in found),
        tuple(sorted(_days(asked, [one for id in moved for one in moved[id]], valued))),
        state,
    )
    tracks = [Track(one, moved[one.id], rates) for one in found]
    known = [one for one in tracks if one.is_known(asked.period.since - DAY)]
    return Tracked(asked, tracks, known, valued, rates)


def _is_there(account: Investment, moved: Sequence[Moved]) -> bool:
    return bool(not account.is_archived or account.opening or moved)


def _days(asked: Asked, moved: Sequence[Moved], valued: Sequence[Valuation]) -> set[date]:
    """Return the days at whose rates something is brought into the report's currency."""
    period = asked.period
    ends = {period.since - DAY, *(month.until for month in period.months)}
    return ends | {one.on for one in moved} | {one.on for one in valued}


def _brokers(there: Tracked) -> list[BrokerGrown]:
    """Return the accounts by broker, those without one last, as they were found."""
    counted = {one.account.id for one in there.known}

    def account(track: Track) -> AccountGrown:
        currency = track.account.currency
        own = Track(track.account, track.moves, Rates(currency, {}))
        is_counted = track.account.id in counted
        brought = there.together([track]).amounts() if is_counted else None
        before, until = there.asked.period.since - DAY, there.asked.period.until
        return AccountGrown(
            track.account,
            there.together([own], currency).grown(),
            brought,
            there.rates.rate(currency, before),
            there.rates.rate(currency, until),
        )

    found = []
    for (id, name), group in groupby(
        there.tracks, key=lambda one: (one.account.broker_id, one.account.broker)
    ):
        chosen = list(group)
        whole = there.together([one for one in chosen if one.account.id in counted]).grown()
        found.append(BrokerGrown(id, name, whole, [account(one) for one in chosen]))
    return found


def _months(asked: Asked, whole: Tracks) -> list[MonthValue]:
    found, flows = [], sorted(whole.flows.items())
    put_in, place = whole.value(whole.before), 0
    for month in asked.period.months:
        while place < len(flows) and flows[place][0] <= month.until:
            put_in += flows[place][1].net
            place += 1
        found.append(MonthValue(month, whole.value(month.until), put_in))
    return found


def _conversions(asked: Asked, known: Sequence[Track], rates: Rates) -> list[Conversion]:
    """Return the rates of the day before the period and of its months' ends."""
    before = asked.period.since - DAY
    days = [(before.replace(day=1), before)]
    days += [(month.name, month.until) for month in asked.period.months]
    currencies = {one.account.currency for one in known} - {asked.currency}
    return [
        Conversion(currency, name, rate)
        for currency in sorted(currencies)
        for name, day in days
        if (rate := rates.rate(currency, day)).rate is not None
    ]


def _left_out(asked: Asked, tracks: Sequence[Track], known: Sequence[Track]) -> list[Money]:
    counted = {one.account.id for one in known}
    sums: dict[str, Decimal] = {}
    for one in tracks:
        if one.account.id not in counted:
            currency = one.account.currency
            sums[currency] = sums.get(currency, ZERO) + one.held(asked.period.until)
    return [Money(total, currency) for currency, total in sorted(sums.items())]
