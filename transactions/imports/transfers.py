"""Which lines are the other side of what the book already tells.

A payment of a card is on two statements, the bank's and the card's, often on days apart. It is one
transaction: the one that is there is completed, or repeated where it is a transfer already. Between
any other two accounts it is only proposed.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from accounts.models import REAL_KINDS, Kind
from transactions.imports.pairing import pairs
from transactions.imports.scope import OPEN, TAKEN, Finding, Line, Scope, Side, is_shut
from transactions.models import Verdict

#: How many days may lie between both sides.
APART = 3
LEAST_SCORE = 40

#: Transfers of the account that no statement of it has told yet; each other side is looked up.
_RECORDED = f"""
SELECT e.transaction_id, e.id, e.date, e.amount
FROM transactions_entry e CROSS JOIN LATERAL (
    SELECT FROM transactions_entry o JOIN accounts_account a ON a.id = o.account_id
    WHERE o.transaction_id = e.transaction_id AND o.id <> e.id AND a.kind = ANY(%(real)s) LIMIT 1
) AS other
WHERE e.account_id = %(account)s AND e.external_id = ''
    AND e.date BETWEEN %(first)s::date - 3 AND %(last)s::date + 3
    AND EXISTS (SELECT FROM transactions_importline l WHERE {OPEN} AND l.amount = e.amount)
    AND NOT EXISTS (SELECT FROM {TAKEN} AS taken WHERE taken.id = e.transaction_id)
ORDER BY e.date, e.id LIMIT %(most)s
"""
#: What left an account for nobody knows what, or came to one from nobody knows where. Each is
#: looked up on its own, however many lines there are: of a large book only these few are read.
_WAITING = f"""
SELECT o.transaction_id, o.id, e.date, o.amount, t.description, a.name
FROM accounts_account u
CROSS JOIN LATERAL (
    SELECT n.id, n.transaction_id, n.date, n.amount FROM transactions_entry n
    WHERE n.account_id = u.id AND n.book_id = %(book)s AND n.currency = %(currency)s
        AND n.date BETWEEN %(first)s::date - 3 AND %(last)s::date + 3
        AND EXISTS (
            SELECT FROM transactions_importline l WHERE {OPEN} AND l.amount = n.amount
                AND l.date BETWEEN n.date - 3 AND n.date + 3
        )
        AND NOT {is_shut("n.date")}
        AND NOT EXISTS (SELECT FROM {TAKEN} AS taken WHERE taken.id = n.transaction_id)
    OFFSET 0
) AS o
CROSS JOIN LATERAL (
    SELECT n.account_id, n.date FROM transactions_entry n
    WHERE n.transaction_id = o.transaction_id AND n.id <> o.id AND n.amount = -o.amount OFFSET 0
) AS e
JOIN accounts_account a ON a.id = e.account_id AND a.archived_at IS NULL
    AND a.kind = ANY(%(others)s) AND a.id <> %(account)s
CROSS JOIN LATERAL (
    SELECT n.description FROM transactions_transaction n
    WHERE n.id = o.transaction_id AND n.book_id = %(book)s OFFSET 0
) AS t
WHERE u.book_id = %(book)s AND u.kind = %(uncategorized)s
    AND (SELECT count(*) FROM transactions_entry n WHERE n.transaction_id = o.transaction_id) = 2
ORDER BY e.date, o.transaction_id LIMIT %(most)s
"""
#: How banks call a transfer, without accents.
_WORDS = (
    *("transfer", "transf", "ted ", "doc ", "pix", "umbuchung", "ubertrag", "uberweisung"),
    *("virement", "traspaso", "giroconto", "bonifico", "overboeking", "overschrijving"),
    *("own account", "between accounts", "mesma titularidade", "resgate", "aplicacao"),
)


def recognise(scope: Scope) -> None:
    """Find the lines that repeat a transfer, or complete the payment of a card.

    A line repeats the nearest transfer of its amount. It completes a payment only where one is
    nearest: what could be either of two stays a line of its own.
    """
    recorded = [Side(*row) for row in scope.rows(_RECORDED, real=list(REAL_KINDS))]
    lines = scope.lines([side.amount for side in recorded])
    found = pairs(lines, recorded, before=APART, after=APART, any_of_equals=True)
    scope.keep([_repeats(line, side) for line, side in found])
    is_card = scope.account.kind == Kind.CREDIT_CARD
    banks = [str(kind) for kind, type in REAL_KINDS.items() if type == "asset"]
    sides = _waiting(scope, banks if is_card else [str(Kind.CREDIT_CARD)])
    # Money goes from an account to a card, and not the other way.
    sides = [side for side in sides if (side.amount > 0) == is_card]
    lines = scope.lines([side.amount for side in sides])
    scope.keep(
        [_completes(line, side) for line, side in pairs(lines, sides, before=APART, after=APART)]
    )


def _waiting(scope: Scope, kinds: Sequence[str]) -> list[Side]:
    asked = {"others": list(kinds), "uncategorized": str(Kind.UNCATEGORIZED)}
    return [Side(*row) for row in scope.rows(_WAITING, **asked)]


def _repeats(line: Line, side: Side) -> Finding:
    return Finding(line, Verdict.DUPLICATE, "recorded_as_transfer", side.transaction_id)


def _completes(line: Line, side: Side) -> Finding:
    return Finding(
        line,
        Verdict.TRANSFER,
        "other_side_of_card_payment",
        side.transaction_id,
        side.entry_id,
        # The day may be another, so that the bank's id alone would not find it again.
        kept_id=line.special_id,
    )


def propose(scope: Scope) -> None:
    """Propose what other accounts tell as the other side of lines that are new.

    The best for the line must be better than all others, and the line the best for it.
    """
    sides = _waiting(scope, [str(kind) for kind in REAL_KINDS])
    by_amount: dict[Decimal, list[Side]] = defaultdict(list)
    for side in sides:
        by_amount[side.amount].append(side)
    scored: list[tuple[int, Line, Side]] = []
    for line in scope.lines(list(by_amount)):
        near = [
            side for side in by_amount[line.amount] if abs((side.date - line.date).days) <= APART
        ]
        scored += [
            (score(line, side, scope.account.name, len(near) == 1), line, side)
            for side in near[:_MOST_EQUAL]
        ]
    best_of_line, best_of_side = _best(scored, 1), _best(scored, 2)
    chosen = [
        one
        for one in scored
        if one[0] >= LEAST_SCORE
        and best_of_line[one[1].id] == one
        and best_of_side[one[2].entry_id] == one
    ]
    scope.propose(Verdict.TRANSFER, [(line, side, points) for points, line, side in chosen])


#: Of more that are alike, none is better than all others.
_MOST_EQUAL = 20


def _best(scored: Sequence[tuple[int, Line, Side]], place: int) -> dict[object, object]:
    """Return what is best for each line (1) or entry (2); None where two are as good."""
    best: dict[object, tuple[int, object]] = {}
    for one in scored:
        key: object = one[1].id if place == 1 else one[2].entry_id
        points, _ = best.get(key, (-1, None))
        if one[0] >= points:
            best[key] = (one[0], one if one[0] > points else None)
    return {key: one for key, (_, one) in best.items()}


def score(line: Line, side: Side, own_name: str, is_only: bool) -> int:
    """Return how sure it is: 50 for the same day, 30 for what the texts say, 20 for the only one.

    A day apart takes 10; texts count that name the other account or speak of a transfer.
    """
    days = abs((side.date - line.date).days)
    texts = _plain(f"{line.description} / {side.description} ")
    named = any(
        name and name in said
        for name, said in (
            (_plain(side.account), _plain(line.description)),
            (_plain(own_name), _plain(side.description)),
        )
    )
    says_so = named or any(word in texts for word in _WORDS)
    return 50 - 10 * days + 30 * says_so + 20 * is_only


def _plain(text: str) -> str:
    """Return a text in small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
