"""Rules that propose categories and vendors: made, changed, put in order, deleted."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max

from accounts.models import REAL_TYPES, Account, Kind
from buffet import money
from buffet.audit import Actor, writing
from buffet.errors import Fault, Invalid, NotFound, Refusal, invalid
from buffet.models import Book, others
from transactions.classifying.patterns import BadPattern, compiled
from transactions.models import Direction, Rule, Vendor

#: So many rules may a book have: each is asked about each text.
MOST_RULES = 500


class RuleNameTaken(Refusal):
    """The book already has a rule of this name."""

    code = "name_taken"
    pointer = "/name"


class TooManyRules(Refusal):
    """A book has at most 500 rules: delete one first."""

    code = "too_many"


def get_rule(book: Book, rule_id: UUID) -> Rule:
    """Return a rule of the book, with what it names.

    :raises NotFound: if the book has no such rule.
    """
    rows = Rule.objects.select_related("account", "category", "vendor")
    found = rows.filter(book=book, id=rule_id).first()
    if found is None:
        raise NotFound("There is no such rule in this book.")
    return found


def create_rule(*, book: Book, by: Actor, name: str, **more: Any) -> Rule:
    """Add a rule behind the others.

    `more` may have `is_active`, the conditions `contains`, `regex`, `amount_min` and `amount_max`
    (without a sign), `account_id` and `direction`, and what it gives: `category_id`, `vendor_id`.

    :raises RuleNameTaken: if there is one of this name, whatever its case.
    :raises TooManyRules: if the book has as many as it may.
    :raises Invalid: naming everything else that is wrong.
    """
    wanted = Rule(book=book, name=name, **more)
    with writing(book.id, by=by):
        _refuse_taken(book, name)
        refuse_wrong(wanted)
        rows = Rule.objects.filter(book=book)
        if rows.count() >= MOST_RULES:
            raise TooManyRules
        wanted.position = (rows.aggregate(last=Max("position"))["last"] or 0) + 1
        wanted.save(force_insert=True)
        return get_rule(book, wanted.id)


def change_rule(*, book: Book, by: Actor, rule_id: UUID, reason: str = "", **given: Any) -> Rule:
    """Change what was given of a rule; what it gave before stays.

    :raises NotFound: if the book has no such rule.
    :raises RuleNameTaken: if another has the name.
    :raises Invalid: naming everything else that is wrong.
    """
    with writing(book.id, by=by, reason=reason):
        found = get_rule(book, rule_id)
        if "name" in given:
            _refuse_taken(book, given["name"], found.id)
        changed = {name for name, value in given.items() if getattr(found, name) != value}
        for name in changed:
            setattr(found, name, given[name])
        refuse_wrong(found, changed)
        if changed:
            Rule.objects.filter(id=found.id).update(**{name: given[name] for name in changed})
        return get_rule(book, rule_id)


def delete_rule(*, book: Book, by: Actor, rule_id: UUID) -> None:
    """Delete a rule; what it gave stays.

    :raises NotFound: if the book has no such rule.
    """
    with writing(book.id, by=by):
        found = get_rule(book, rule_id)
        Rule.objects.filter(id=found.id)._raw_delete("default")


def order_rules(*, book: Book, by: Actor, rule_ids: Sequence[UUID]) -> None:
    """Put the book's rules in this order.

    :raises Invalid: if they are not all of the book's rules, each once.
    """
    with writing(book.id, by=by):
        rows = {rule.id: rule for rule in Rule.objects.filter(book=book)}
        for place, id in enumerate(rule_ids):
            if id not in rows:
                raise invalid(f"/rules/{place}", "not_found", "There is no such rule in this book.")
        if len(set(rule_ids)) < len(rule_ids):
            raise invalid("/rules", "repeated", "A rule stands in it more than once.")
        if len(rule_ids) < len(rows):
            names = ", ".join(sorted(rows[id].name for id in rows.keys() - set(rule_ids))[:5])
            raise invalid("/rules", "incomplete", f"Name every rule of the book; missing: {names}.")
        moved = []
        for position, id in enumerate(rule_ids, start=1):
            if rows[id].position != position:
                rows[id].position = position
                moved.append(rows[id])
        if moved:
            Rule.objects.bulk_update(moved, ["position"])


def move_rule(*, book: Book, by: Actor, rule_id: UUID, up: bool) -> None:
    """Let a rule change places with the one before it, or behind it; at the end it stays.

    :raises NotFound: if the book has no such rule.
    """
    with writing(book.id, by=by):
        get_rule(book, rule_id)
        rows = Rule.objects.filter(book=book).order_by("position", "id")
        ids = list(rows.values_list("id", flat=True))
        place = ids.index(rule_id)
        other = place - 1 if up else place + 1
        if 0 <= other < len(ids):
            ids[place], ids[other] = ids[other], ids[place]
            order_rules(book=book, by=by, rule_ids=ids)


def _refuse_taken(book: Book, name: str, besides: UUID | None = None) -> None:
    if others(Rule.objects.filter(book=book, name__iexact=name), besides).exists():
        raise RuleNameTaken


def refuse_wrong(wanted: Rule, named: set[str] | None = None) -> None:
    """Check what a rule will be; only what is `named` anew (None: all) may not be archived.

    :raises Invalid: naming everything that is wrong.
    """
    faults = _reference_faults(wanted, named)
    if wanted.regex:
        try:
            compiled(wanted.regex)
        except BadPattern as error:
            sentence = f"RE2, which has no look-around and no references back, says: {error}."
            faults.append(Fault("/regex", "bad_pattern", sentence))
    low, high = wanted.amount_min, wanted.amount_max
    for field, amount in (("amount_min", low), ("amount_max", high)):
        if amount is not None:
            faults += _amount_faults(f"/{field}", amount, wanted)
    if low is not None and high is not None and high < low:
        sentence = "The greatest amount is not less than the least."
        faults.append(Fault("/amount_max", "out_of_range", sentence))
    if wanted.direction not in Direction.values:
        sentence = f"One of: {', '.join(Direction.values)}."
        faults.append(Fault("/direction", "unknown", sentence))
    asks = (wanted.contains, wanted.regex, wanted.account_id, wanted.direction != Direction.ANY)
    if not any(asks) and low is None and high is None:
        faults.append(Fault("/contains", "required", "A rule asks something: a text, for one."))
    if wanted.category_id is None and wanted.vendor_id is None:
        sentence = "A rule gives something: a category or a vendor."
        faults.append(Fault("/category", "required", sentence))
    if faults:
        raise Invalid(faults)


def _reference_faults(wanted: Rule, named: set[str] | None) -> list[Fault]:
    faults: list[Fault] = []
    ids = [id for id in (wanted.account_id, wanted.category_id) if id is not None]
    rows = Account.objects.filter(book_id=wanted.book_id).in_bulk(ids)
    account, category = rows.get(wanted.account_id), rows.get(wanted.category_id)
    if wanted.account_id and (account is None or account.type not in REAL_TYPES):
        faults.append(Fault("/account", "not_found", "There is no such account in this book."))
    if wanted.category_id and (category is None or category.kind != Kind.CATEGORY):
        faults.append(Fault("/category", "not_found", "There is no such category in this book."))
    is_named = named is None or "category_id" in named
    if category is not None and category.archived_at is not None and is_named:
        sentence = f"{category.name} is archived; reopen it first."
        faults.append(Fault("/category", "archived", sentence))
    vendors = Vendor.objects.filter(book_id=wanted.book_id)
    if wanted.vendor_id and not vendors.filter(id=wanted.vendor_id).exists():
        faults.append(Fault("/vendor", "not_found", "There is no such vendor in this book."))
    return faults


def _amount_faults(pointer: str, amount: Decimal, wanted: Rule) -> list[Fault]:
    if amount < 0:
        sentence = "The amounts of a rule have no sign; its direction says where money goes."
        return [Fault(pointer, "signed", sentence)]
    if wanted.account_id is None:
        return []
    rows = Account.objects.filter(book_id=wanted.book_id, id=wanted.account_id)
    currency = rows.values_list("currency", flat=True).first()
    if currency and money.round_to(amount, currency) != amount:
        sentence = f"An amount in {currency} has at most {money.decimals(currency)} decimals."
        return [Fault(pointer, "too_many_decimals", sentence)]
    return []
