"""What the rows behind a figure come to: the entries on some accounts in a period."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from accounts.models import Kind
from accounts.rates import not_converted, rates_of
from buffet.errors import invalid
from buffet.money import Money
from reports.asking import Asked
from reports.periods import DAY
from reports.queries.bringing import Conversion, bring, moved
from reports.queries.chart import Chart, Node, charted
from reports.queries.figures import Behind
from reports.queries.opening import opened_and_moved
from reports.queries.parts import Part, sign, wanted
from reports.queries.rows import count
from reports.queries.sums import Moves
from reports.queries.worth import ZERO


def behind(asked: Asked, part: Part) -> Behind:
    """Return what the rows of a part come to: the figure that a report shows of it.

    :raises NotFound: if it is not in the book.
    :raises Invalid: if no part, or more than one, was asked for.
    """
    if part.balance or part.is_whole:
        return _of_kept(asked, part)
    if part.flow == "invested" and part.only:
        raise invalid(
            "?flow",
            "not_narrowed",
            "What was invested is of all entries: of no status, side or currency held.",
        )
    months = asked.period.months

    def ask(own: Chart) -> tuple[Moves, tuple[int, int]]:
        own.refuse_unknown(asked.accounts)
        ids, _ = wanted(asked, own, part)
        valued = ids if part.flow == "invested" else ()
        moves = moved(asked, months, ids, part.only, valued)
        return moves, moves.chart

    own, moves = charted(asked.book_id, ask)
    ids, node = wanted(asked, own, part)
    brought = bring(asked, months, moves, {*ids})
    found = [one for month in moves.months for one in month.sums({*ids})]
    by_currency: dict[str, Decimal] = {}
    for one in found:
        signed = one.amount * sign(part, own.nodes[one.account_id])
        by_currency[one.currency] = by_currency.get(one.currency, ZERO) + signed
    signs = {id: sign(part, own.nodes[id]) for id in ids}
    total = sum((value * signs[id] for id in ids for value in brought.row(id)), ZERO)
    # What valuations added to investments is taken off by entries of its own.
    shown = [*ids, *own.of_kinds(Kind.VALUATION)] if part.flow == "invested" else ids
    told = Behind(
        asked,
        part,
        node,
        tuple(shown),
        sum(one.entries for one in found),
        [Money(amount, currency) for currency, amount in sorted(by_currency.items())],
        Money(total, asked.currency),
        brought.conversions,
        brought.left_out,
    )
    return replace(told, entries=count(told)) if part.flow == "invested" else told


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
