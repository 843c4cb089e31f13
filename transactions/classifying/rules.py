"""Which rules a transaction meets, and what they give it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from transactions.classifying.patterns import Patterns
from transactions.classifying.texts import fold


@dataclass(frozen=True, slots=True)
class PlainRule:
    """What counts of a `models.Rule`, for where there are no models.

    `category_id` is None while the category is archived; `is_out` is None for both directions.
    """

    id: UUID
    contains: str
    regex: str
    amount_min: Decimal | None
    amount_max: Decimal | None
    is_out: bool | None
    account_id: UUID | None
    category_id: UUID | None
    vendor_id: UUID | None


@dataclass(frozen=True, slots=True)
class Given:
    """A category and a vendor, each with the reason: `rule:<id>` or `history`; None for none.

    `count` says how many transactions the history speaks of.
    """

    category_id: UUID | None = None
    category_reason: str = ""
    vendor_id: UUID | None = None
    vendor_reason: str = ""
    count: int = 0


NOTHING = Given()


def reason_of(rule: PlainRule) -> str:
    """Return the reason that names a rule."""
    return f"rule:{rule.id}"


class Rulebook:
    """Rules in their order, asked about one transaction after another.

    The first that gives a category decides it, the first that gives a vendor decides that. What is
    archived is not given: then the next rule decides.
    """

    def __init__(self, rules: Sequence[PlainRule]) -> None:
        """Take rules in order."""
        self.rules = list(rules)
        with_pattern = [place for place, rule in enumerate(rules) if rule.regex]
        self._patterns = Patterns([rules[place].regex for place in with_pattern])
        self._of_pattern = with_pattern
        self._parts = [fold(rule.contains) for rule in rules]

    def of_text(self, text: str) -> list[PlainRule]:
        """Return the rules whose conditions on the text it meets, in order."""
        if not self.rules:
            return []
        folded = fold(text)
        matched = {self._of_pattern[place] for place in self._patterns.found(text)}
        return [
            rule
            for place, rule in enumerate(self.rules)
            if self._parts[place] in folded and (not rule.regex or place in matched)
        ]


def asks_amount(rules: Sequence[PlainRule]) -> bool:
    """Whether more than the sign of an amount counts for one of the rules."""
    return any(rule.amount_min is not None or rule.amount_max is not None for rule in rules)


def given(rules: Sequence[PlainRule], amount: Decimal, account_id: UUID | None) -> Given:
    """Return what the rules that meet a text give, for an amount and an account.

    Without an account, rules that ask for one are not met.
    """
    if not rules:
        return NOTHING
    category_id = vendor_id = None
    category_reason = vendor_reason = ""
    for rule in rules:
        if not _meets(rule, amount, account_id):
            continue
        if category_id is None and rule.category_id is not None:
            category_id, category_reason = rule.category_id, reason_of(rule)
        if vendor_id is None and rule.vendor_id is not None:
            vendor_id, vendor_reason = rule.vendor_id, reason_of(rule)
        if category_id and vendor_id:
            break
    return Given(category_id, category_reason, vendor_id, vendor_reason)


def _meets(rule: PlainRule, amount: Decimal, account_id: UUID | None) -> bool:
    size = abs(amount)
    return (
        (rule.account_id is None or rule.account_id == account_id)
        and (rule.is_out is None or rule.is_out == (amount < 0))
        and (rule.amount_min is None or rule.amount_min <= size)
        and (rule.amount_max is None or size <= rule.amount_max)
    )
