"""Statements that are parts of one, and the ids of lines that banks give twice."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter

from transactions.imports.statement import Statement, StatementLine

_LAST = date.max
#: What a line says, but for its amount and for where it stands.
_SAID = attrgetter(
    *"date description external_id kind check_number user_date is_pending balance_after".split(),
    *"category is_reconciled".split(),
)


def joined(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return one statement for each account: days and pages that follow each other as one.

    Where one is missing between them, opening and closing do not tie, and whoever compares them
    finds the gap.
    """
    parts: dict[Hashable, list[Statement]] = {}
    for place, one in enumerate(statements):
        # What has no number may be anybody's.
        key = (one.bank_id, one.account_number or place, one.account_kind, one.currency)
        parts.setdefault(key, []).append(one)
    return tuple(_one(listed) for listed in parts.values())


def once(statements: Sequence[Statement]) -> Iterator[Statement]:
    """Yield the statements without those that say again, line by line, what one before says.

    What has no number may be anybody's, and is never the same.
    """
    seen: set[Hashable] = set()
    for one in statements:
        if one.account_number and len(statements) > 1:
            # As texts, since -1 and -2 have one hash.
            lines = tuple((str(line.amount), _SAID(line)) for line in one.lines)
            said = (replace(one, lines=()), lines)
            if said in seen:
                continue
            seen.add(said)
        yield one


def _one(parts: list[Statement]) -> Statement:
    if len(parts) == 1:
        return parts[0]
    if _is_newest_first(parts):
        parts = parts[::-1]
    first, last = parts[0], parts[-1]
    lines = [line for part in parts for line in part.lines]
    return replace(
        first,
        lines=tuple(replace(line, number=number) for number, line in enumerate(lines, 1)),
        starts_on=min((part.starts_on for part in parts if part.starts_on), default=None),
        ends_on=max((part.ends_on for part in parts if part.ends_on), default=None),
        closing_balance=last.closing_balance,
        closing_on=last.closing_on,
        available_balance=last.available_balance,
    )


def _is_newest_first(parts: Sequence[Statement]) -> bool:
    """Say whether they go backwards: by their days, or by their balances where these are equal."""
    days = [part.closing_on or part.ends_on or _LAST for part in parts]
    if days[0] != days[-1]:
        return days[0] > days[-1]
    return _follow(parts[::-1]) and not _follow(parts)


def _follow(parts: Sequence[Statement]) -> bool:
    """Say whether each opens with what the one before it closes with."""
    return all(
        one.closing_balance is not None and one.closing_balance == other.opening_balance
        for one, other in pairwise(parts)
    )


def told_apart(lines: Iterable[StatementLine]) -> tuple[StatementLine, ...]:
    """Return the lines, those with one id that are equal in everything told apart by counting.

    A reference of SWIFT or ISO 20022 may be a batch's, so that two equal payments in it are two.
    """
    seen: Counter[tuple[str, date, Decimal, str]] = Counter()
    content = attrgetter("external_id", "date", "amount", "description")
    found = []
    for line in lines:
        seen[content(line)] += 1
        count = seen[content(line)]
        if line.external_id and count > 1:
            line = replace(line, external_id=f"{line.external_id[:240]}/{count}")
        found.append(line)
    return tuple(found)
