"""Categories and vendors proposed for the lines of an import.

What the file itself says goes before the book's rules, these before what the book did with the same
words. A person's choice stands before all of them, and so does a subscription that was due.
"""

from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from accounts.models import Account, AccountType
from transactions.classifying.proposals import Proposer
from transactions.classifying.rules import Given, asks_amount
from transactions.classifying.texts import fold
from transactions.models import Import

#: Of each text, direction and, where it counts, amount: what is proposed.
_Proposed = list[tuple[str, bool, Decimal | None, Given]]

#: An amount that goes out, and one that comes in.
_SIGNS = Decimal(-1), Decimal(1)
#: How many texts are sent at once, so that not all of a long file's are held as JSON.
_TOGETHER = 20_000
_TEXTS = """
    SELECT DISTINCT description, amount > 0 FROM transactions_importline
    WHERE of_import_id = %s AND verdict = 'new'
"""
_AMOUNTS = """
    SELECT DISTINCT description, amount FROM transactions_importline
    WHERE of_import_id = %s AND verdict = 'new' AND description = ANY(%s)
"""
_PROPOSE = """
    UPDATE transactions_importline l SET
        category_id = CASE WHEN {known_category} THEN l.category_id ELSE p.category END,
        category_reason = CASE WHEN {known_category} THEN l.category_reason ELSE p.why END,
        vendor_id = CASE WHEN {known_vendor} THEN l.vendor_id ELSE p.vendor END,
        vendor_reason = CASE WHEN {known_vendor} THEN l.vendor_reason ELSE p.why_vendor END
    FROM json_to_recordset(%s) AS p (
        description text, comes_in boolean, amount numeric, category uuid, why text, vendor uuid,
        why_vendor text
    )
    WHERE l.of_import_id = %s AND l.verdict = 'new' AND l.description = p.description
        AND (l.amount > 0) = p.comes_in AND (p.amount IS NULL OR l.amount = p.amount)
        AND (l.category_id IS DISTINCT FROM p.category OR l.category_reason <> p.why
            OR l.vendor_id IS DISTINCT FROM p.vendor OR l.vendor_reason <> p.why_vendor)
""".replace("{known_category}", "l.category_reason IN ('chosen', 'subscription')").replace(
    "{known_vendor}", "l.vendor_reason IN ('chosen', 'subscription')"
)
_SAID = """
    SELECT DISTINCT said_category, amount > 0 FROM transactions_importline
    WHERE of_import_id = %s AND verdict = 'new' AND said_category <> ''
"""
_PROPOSE_SAID = """
    UPDATE transactions_importline l SET category_id = p.category, category_reason = 'file'
    FROM unnest(%s::text[], %s::boolean[], %s::uuid[]) AS p (said, comes_in, category)
    WHERE l.of_import_id = %s AND l.verdict = 'new' AND l.said_category = p.said
        AND (l.amount > 0) = p.comes_in AND l.category_reason NOT IN ('chosen', 'subscription')
"""


def propose(book_id: UUID, import_id: UUID) -> None:
    """Fill in the category and vendor of an import's new lines, each with its reason.

    The reason is `file`, `rule:<id>` or `history`; what a person chose stays `chosen`, what
    a subscription pays `subscription`. In a few
    statements, however many lines there are. Call it while holding the book's lock.
    """
    account_id = Import.objects.values_list("account_id", flat=True).get(id=import_id)
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS, (import_id,))
        texts = cursor.fetchall()
        if not texts:
            return
        proposer = Proposer.of_book(book_id)
        for first in range(0, len(texts), _TOGETHER):
            part = texts[first : first + _TOGETHER]
            proposed = _proposed(proposer, import_id, account_id, part)
            rows = orjson.dumps([_sent(*one) for one in proposed]).decode()
            cursor.execute(_PROPOSE, (rows, import_id))
        cursor.execute(_SAID, (import_id,))
        known = _known(book_id, cursor.fetchall())
        if known:
            names, sides = zip(*known, strict=True)
            sent = ([*names], [*sides], [*known.values()], import_id)
            cursor.execute(_PROPOSE_SAID, sent)


def _sent(text: str, comes_in: bool, amount: Decimal | None, given: Given) -> dict[str, Any]:
    """Return what is proposed as JSON: one text costs less on its way than seven arrays."""
    return {
        "description": text,
        "comes_in": comes_in,
        "amount": None if amount is None else str(amount),
        "category": given.category_id,
        "why": given.category_reason,
        "vendor": given.vendor_id,
        "why_vendor": given.vendor_reason,
    }


def _proposed(
    proposer: Proposer, import_id: UUID, account_id: UUID, texts: list[tuple[str, bool]]
) -> _Proposed:
    """Return what is proposed, each text looked at once."""
    meeting = proposer.rulebook.of_texts(text for text, _ in texts)
    by_amount = {text for text, met in meeting.items() if asks_amount(met)}
    found: _Proposed = []
    for text, comes_in in texts:
        if text not in by_amount:
            amount = _SIGNS[comes_in]
            given = proposer.given(text, amount, account_id, meeting.get(text, ()))
            found.append((text, comes_in, None, given))
    if by_amount:
        with connection.cursor() as cursor:
            cursor.execute(_AMOUNTS, (import_id, [*by_amount]))
            for text, amount in cursor.fetchall():
                given = proposer.given(text, amount, account_id, meeting.get(text, ()))
                found.append((text, amount > 0, amount, given))
    return found


def _known(book_id: UUID, said: list[tuple[str, bool]]) -> dict[tuple[str, bool], UUID]:
    """Return the categories that a file's own words name, alone or as Parent:Child.

    Money that comes in is income, unless only an expense has the name: then it is a refund; and the
    other way round. A name that two of one side have is no one's.
    """
    if not said:
        return {}
    rows = Account.objects.filter(book_id=book_id, archived_at__isnull=True).categories()
    named: dict[tuple[str, bool], UUID | None] = {}
    for id, name, parent, type in rows.values_list("id", "name", "parent__name", "type"):
        for path in {name, f"{parent}:{name}" if parent else name}:
            place = fold(path), type == AccountType.INCOME
            named[place] = None if place in named else id
    found = {
        (one, comes_in): named.get((fold(one), comes_in)) or named.get((fold(one), not comes_in))
        for one, comes_in in said
    }
    return {place: id for place, id in found.items() if id is not None}
