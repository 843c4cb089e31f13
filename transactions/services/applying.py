"""Apply rules to what is recorded, and take that back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from buffet.audit import Actor, writing
from buffet.errors import NotFound, Refusal
from buffet.models import Book
from transactions.drafts import Changes, Correction
from transactions.models import Rule, RuleChange, RuleRun
from transactions.queries.rule_candidates import Standing, standing
from transactions.services.correcting import correct_each
from transactions.services.trying import Difference, Trial, chosen, found, moved

_LONGEST = 200


class AlreadyUndone(Refusal):
    """This run was taken back already."""

    code = "already_undone"


class ChangedSince(Refusal):
    """This was changed since, and stays as it is."""

    code = "changed_since"


class GoneSince(Refusal):
    """This was deleted since, or its entries were made anew."""

    code = "gone_since"


def get_run(book: Book, run_id: UUID) -> RuleRun:
    """Return a run of the book.

    :raises NotFound: if the book has no such run.
    """
    run = RuleRun.objects.filter(book=book, id=run_id).first()
    if run is None:
        raise NotFound("There is no such run in this book.")
    return run


def apply_rules(
    *,
    book: Book,
    by: Actor,
    first: date,
    last: date,
    rule_ids: Sequence[UUID] = (),
    only_uncategorized: bool = True,
) -> tuple[RuleRun, Trial]:
    """Carry out what `try_rules` says, but for what the ledger refuses; return the run and that.

    Nobody's own value is changed: only what is uncategorised, and unless `only_uncategorized` also
    what a proposal gave and no person has corrected.

    :raises Invalid: if the book has not every rule.
    :raises RangeTooLong: if there are too many transactions.
    """
    with writing(book.id, by=by):
        rules = chosen(book, rule_ids)
        trial = found(book, rules, first, last, only_uncategorized=only_uncategorized)
        corrections = [one.correction for one in trial.differences]
        outcomes = correct_each(
            book=book, by=by, rows=corrections, partly=True, reason=_reason(rules)
        )
        trial.refuse(outcomes)
        good = [one for one in trial.differences if one.refusal is None]
        run = RuleRun.objects.create(
            book=book, rules=_names(rules), date_from=first, date_to=last, changed=len(good)
        )
        _keep(run, good)
        run.refresh_from_db()
        return run, trial


_KEEP = """
    INSERT INTO transactions_rulechange (book_id, run_id, transaction_id, entry_id, category_before,
        category_after, vendor_before, vendor_after)
    SELECT %s, %s, c.* FROM json_to_recordset(%s) AS c (
        transaction uuid, entry uuid, category uuid, category_after uuid, vendor uuid,
        vendor_after uuid
    )
"""


def _keep(run: RuleRun, changes: Sequence[Difference]) -> None:
    """Keep what a run gives, and what was there before."""
    sent = [
        {
            "transaction": one.found.id,
            "entry": one.found.entry_id,
            "category": one.found.category_id if one.category_id else None,
            "category_after": one.category_id,
            "vendor": one.found.vendor_id if one.vendor_id else None,
            "vendor_after": one.vendor_id,
        }
        for one in changes
    ]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, (run.book_id, run.id, orjson.dumps(sent).decode()))


def _names(rules: Sequence[Rule]) -> str:
    names = ", ".join(rule.name for rule in rules)
    return names if len(names) <= _LONGEST else f"{names[: _LONGEST - 1]}…"


def _reason(rules: Sequence[Rule]) -> str:
    return f"{'rule' if len(rules) == 1 else 'rules'} {_names(rules)}"


def undo_run(
    *,
    book: Book,
    by: Actor,
    run_id: UUID,
    now: datetime,
    reason: str = "",
    most: int | None = None,
) -> tuple[RuleRun, dict[UUID, Refusal]]:
    """Take a run back where nothing changed since; return it, and of what was left the reason.

    With `most`, so many of its changes at once: while it is not `undone_at`, some wait.

    :raises NotFound: if the book has no such run.
    :raises AlreadyUndone: if it was taken back.
    """
    with writing(book.id, by=by, reason=reason):
        run = get_run(book, run_id)
        if run.undone_at is not None:
            raise AlreadyUndone
        waiting = run.changes.filter(left="").order_by("id")
        left = _take_back(run, by, list(waiting[:most]), reason)
        if not waiting.exists():
            RuleRun.objects.filter(id=run.id).update(undone_at=now)
        run.refresh_from_db()
        return run, left


def _take_back(
    run: RuleRun, by: Actor, changes: Sequence[RuleChange], reason: str
) -> dict[UUID, Refusal]:
    """Take changes back, and return why some were left."""
    stand = standing([change.id for change in changes])
    left: dict[UUID, Refusal] = {}
    corrections = []
    for change in changes:
        correction = _back(change, stand[change.id], left)
        if correction is not None:
            corrections.append(correction)
    outcomes = correct_each(
        book=run.book,
        by=by,
        rows=corrections,
        partly=True,
        reason=reason or f"taken back: {run.rules}",
    )
    for correction, outcome in zip(corrections, outcomes, strict=True):
        if isinstance(outcome, Refusal):
            left[correction.transaction_id] = outcome
    # What was taken back leaves no trace: nobody gave it anything.
    back = [change.id for change in changes if change.transaction_id not in left]
    run.changes.filter(id__in=back)._raw_delete("default")
    for change in changes:
        if change.transaction_id in left:
            change.left = left[change.transaction_id].why
    RuleChange.objects.bulk_update([one for one in changes if one.left], ["left"])
    return left


def _back(change: RuleChange, stands: Standing, left: dict[UUID, Refusal]) -> Correction | None:
    """Return the correction that takes a change back, all of it or nothing."""
    if stands.category_id is None:
        left[change.transaction_id] = GoneSince()
        return None
    if (change.category_after and change.category_after != stands.category_id) or (
        change.vendor_after and change.vendor_after != stands.vendor_id
    ):
        left[change.transaction_id] = ChangedSince()
        return None
    header: dict[str, Any] = {"vendor_id": change.vendor_before} if change.vendor_after else {}
    return Correction(
        change.transaction_id, Changes(header, moved(change.entry_id, change.category_before))
    )
