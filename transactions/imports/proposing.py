"""Categories and vendors proposed for the lines of an import.

What the file itself says goes before the book's rules, these before what the book did with the same
words. A person's choice stands before all of them, and so does a subscription that was due.
"""

from uuid import UUID

from django.db import connection

from accounts.models import Account, AccountType
from buffet.postgresql.rows import rows_of
from transactions.classifying.known import known_of
from transactions.classifying.proposals import written
from transactions.classifying.texts import fold
from transactions.models import Import

_TEXTS = """
    SELECT DISTINCT description, amount > 0, CASE WHEN %s THEN amount::text END
    FROM transactions_importline WHERE of_import_id = %s AND verdict = 'new'
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
#: A line that is not new is what it repeats: nothing is proposed for it.
_TAKE_BACK = """
    UPDATE transactions_importline l SET
        category_id = CASE category_reason WHEN 'chosen' THEN category_id END,
        category_reason = CASE category_reason WHEN 'chosen' THEN 'chosen' ELSE '' END,
        vendor_id = CASE vendor_reason WHEN 'chosen' THEN vendor_id END,
        vendor_reason = CASE vendor_reason WHEN 'chosen' THEN 'chosen' ELSE '' END
    WHERE l.of_import_id = %s AND l.verdict <> 'new'
        AND (category_reason NOT IN ('', 'chosen') OR vendor_reason NOT IN ('', 'chosen'))
"""


def propose(book_id: UUID, import_id: UUID, *, is_staged: bool = False) -> None:
    """Fill in the category and vendor of an import's new lines, each with its reason.

    The reason is `file`, `rule:<id>` or `history`; what a person chose stays `chosen`, what
    a subscription pays `subscription`. In a few statements, however many lines there are. Call it
    while holding the book's lock; `is_staged` says that rules and history had their say when the
    lines were staged, and have not changed since.
    """
    if not is_staged:
        _propose(book_id, import_id)
    with connection.cursor() as cursor:
        cursor.execute(_SAID, (import_id,))
        named = _named(book_id, cursor.fetchall())
        if named:
            names, sides = zip(*named, strict=True)
            sent = ([*names], [*sides], [*named.values()], import_id)
            cursor.execute(_PROPOSE_SAID, sent)
        cursor.execute(_TAKE_BACK, (import_id,))


def _propose(book_id: UUID, import_id: UUID) -> None:
    """Fill in what rules and history give."""
    account_id = Import.objects.values_list("account_id", flat=True).get(id=import_id)
    known = known_of(book_id)
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS, (known.asks_amount, import_id))
        for proposals in written(known, account_id, rows_of(cursor)):
            cursor.execute(_PROPOSE, (proposals.decode(), import_id))


def _named(book_id: UUID, said: list[tuple[str, bool]]) -> dict[tuple[str, bool], UUID]:
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
