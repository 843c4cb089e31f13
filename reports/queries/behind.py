"""What the rows behind a figure come to: the entries on some accounts in a period."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from accounts.models import Kind
from accounts.rates import not_converted, rates_of
from buffet.errors import invalid
from buffet.money import Money
from reports.asking import Asked
from reports.periods import DAY, Period
from reports.queries.bringing import Conversion, bring, moved
from reports.queries.chart import Chart, Node, charted
from reports.queries.figures import Behind, Change
from reports.queries.gains import OPENED
from reports.queries.opening import opened_and_moved
from reports.queries.parts import Part, sign, wanted
from reports.queries.rows import counts
from reports.queries.spans import Sum
from reports.queries.sums import Moves
from reports.queries.worth import ZERO


def behind(asked: Asked, part: Part) -> Behind:
    """Return what the rows of a part come to: the figure that a report shows of it.

    :raises NotFound: if it is not in the book.
    :raises Invalid: if no part, or more than one, was asked for.
    """
    if part.balance or part.is_whole:
        return _of_kept(asked, part)
    (told,) = _of_moved(asked, part, [asked.period])
    return told


def change(asked: Asked, part: Part, then: Period) -> Change:
    """Return what the rows of a part come to less those of an earlier period.

    :raises NotFound: if it is not in the book.
    :raises Invalid: if no part, or more than one, was asked for, or one of kept balances.
    """
    if part.balance or part.is_whole:
        raise invalid(
            "?against",
            "not_compared",
            "A balance, or the sum of all accounts, is not set against another period.",
        )
    return Change(*_of_moved(asked, part, [asked.period, then]))


def _of_moved(asked: Asked, part: Part, periods: Sequence[Period]) -> list[Behind]:
    """Return what the rows of a part come to in each of some periods, read in one statement."""
    if part.flow == "invested" and part.only:
        raise invalid(
            "?flow",
            "not_narrowed",
            "What was invested is of all entries: of no status, side or currency held.",
        )
    months = [month for period in periods for month in period.months]

    def ask(own: Chart) -> tuple[Moves, tuple[int, int]]:
        own.refuse_unknown(asked.accounts)
        ids, _ = wanted(asked, own, part)
        valued = ids if part.flow == "invested" else ()
        moves = moved(asked, months, ids, part.only, valued)
        return moves, moves.chart

    own, moves = charted(asked.book_id, ask)
    ids, node = wanted(asked, own, part)
    brought = bring(asked, months, moves, {*ids})
    signs = {id: sign(part, own.nodes[id]) for id in ids}
    shown = ids
    if part.flow == "invested" and ids:
        # What valuations and opening balances added is taken off by entries of its own.
        shown = [*ids, *own.of_kinds(Kind.VALUATION, *OPENED)]
    told, first = [], 0
    for period in periods:
        own_part = brought.part(first, len(period.months))
        own_moves = moves.months[first : first + len(period.months)]
        found = [one for month in own_moves for one in month.sums({*ids})]
        total = sum((value * signs[id] for id in ids for value in own_part.row(id)), ZERO)
        told.append(
            Behind(
                replace(asked, period=period),
                part,
                node,
                tuple(shown),
                sum(one.entries for one in found),
                _by_currency(found, signs),
                Money(total, asked.currency),
                own_part.conversions,
                own_part.left_out,
            )
        )
        first += len(period.months)
    if part.flow != "invested":
        return told
    return [replace(one, entries=entries) for one, entries in zip(told, counts(told), strict=True)]


def _by_currency(found: Iterable[Sum], signs: Mapping[str, int]) -> list[Money]:
    """Return sums by currency, as the money's owner sees them."""
    sums: dict[str, Decimal] = {}
    for one in found:
        signed = one.amount * signs[one.account_id]
        sums[one.currency] = sums.get(one.currency, ZERO) + signed
    return [Money(amount, currency) for currency, amount in sorted(sums.items())]


def _of_kept(asked: Asked, part: Part) -> Behind:
    """Return what accounts had, or what all of them moved in a currency, from the kept sums.

    A balance is brought into the report's currency at the rate of its day.
    """
    if not part.balance and part.held != asked.currency:
        raise invalid(
            "?held",
            "one_currency",
            "The sum of all accounts is of one currency: name it as held and as currency.",
        )
    is_narrowed = bool(asked.accounts) and not part.is_whole
    if part.status or part.flow or is_narrowed or (part.balance and part.side):
        raise invalid(
            "?balance",
            "not_narrowed",
            "A balance, or the sum of all accounts, is of all entries: of no flow, status or side, "
            "and not of what went through other accounts.",
        )
    own, opening, moves = opened_and_moved(asked)
    own.refuse_unknown(asked.accounts)
    ids, node = wanted(asked, own, part)
    among, found = {*ids}, dict[tuple[str, str], Decimal]()
    if part.balance:
        for key, amount in opening.items():
            if key[0] in among and key[1] == (part.held or key[1]):
                found[key] = amount
    if part.balance != "opening":
        for one in (one for month in moves.months for one in month.sums(among)):
            amount = {"debit": one.debit, "credit": -one.credit}.get(part.side, one.amount)
            key = one.account_id, one.currency
            if one.currency == (part.held or one.currency) and (amount or not part.side):
                found[key] = found.get(key, ZERO) + amount
    signed = {key: amount * sign(part, own.nodes[key[0]]) for key, amount in found.items()}
    return _brought(asked, part, node, signed, moves)


def _brought(
    asked: Asked,
    part: Part,
    node: Node | None,
    found: Mapping[tuple[str, str], Decimal],
    moves: Moves,
) -> Behind:
    """Return what accounts had, by currency, in the report's, each rounded as its line is."""
    on, name = asked.period.until, asked.period.months[-1].name
    if part.balance == "opening":
        on = asked.period.since - DAY
        name = on.replace(day=1)
    currencies = frozenset(currency for _, currency in found)
    rates = rates_of(asked.book_id, asked.currency, currencies, (on,), moves.rates)
    sums, total, left_out = dict[str, Decimal](), ZERO, []
    for (_, currency), amount in found.items():
        sums[currency] = sums.get(currency, ZERO) + amount
        brought = rates.rate(currency, on).convert(amount, asked.currency)
        if brought is None:
            left_out.append(Money(amount, currency))
        else:
            total += brought.amount
    return Behind(
        asked,
        part,
        node,
        tuple(dict.fromkeys(id for id, _ in found)),
        None,
        [Money(amount, currency) for currency, amount in sorted(sums.items())],
        Money(total, asked.currency),
        [
            Conversion(currency, name, rates.rate(currency, on))
            for currency in sorted(currencies - {asked.currency})
        ],
        [*filter(None, not_converted(left_out))],
    )
