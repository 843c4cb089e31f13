"""Which accounts and which of their entries a figure is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from accounts.models import REAL_TYPES, AccountType, Kind
from buffet.errors import NotFound, invalid
from reports.asking import Asked
from reports.queries.chart import Chart, Node
from reports.queries.gains import OPENED
from reports.queries.sums import Only


@dataclass(frozen=True, slots=True)
class Part:
    """Which accounts: one of them, a category with all below it, a kind, or a type.

    `status` keeps the entries of one status; by itself, those of all real accounts. `side` keeps
    debits or credits and `held` a currency, as a trial balance tells them apart. `balance` keeps
    all entries up to the period (`opening`) or to its end (`closing`). `held` or `balance` without
    accounts is about the whole chart. `flow` is what was saved, income and expenses together;
    invested, what moved investments, valuations and opening balances apart; opened, what was there
    before or was found; or transferred, what other accounts gave those that are asked about.
    """

    account: UUID | None = None
    category: UUID | None = None
    kind: str = ""
    type: str = ""
    flow: str = ""
    status: str = ""
    side: str = ""
    held: str = ""
    balance: str = ""

    FLOWS: ClassVar = ("saved", "invested", "opened", "transferred")
    BALANCES: ClassVar = ("opening", "closing")

    @property
    def named(self) -> Sequence[str]:
        """By what accounts are chosen."""
        names = ("account", "category", "kind", "type", "flow")
        return [name for name in names if getattr(self, name)]

    @property
    def is_whole(self) -> bool:
        """Whether it is about all accounts of the chart, which add up to nothing."""
        return not self.named and not self.status and bool(self.held or self.balance)

    @property
    def only(self) -> Only | None:
        """Which of their entries; None if all."""
        only = Only(self.status, self.side, self.held)
        return only if any(only) else None


def wanted(asked: Asked, own: Chart, part: Part) -> tuple[list[str], Node | None]:
    """Return the accounts of a part, and the one that it is about if it is one.

    Of categories that were asked for, those alone and all below them; of the whole chart, together
    with the accounts that were.

    :raises NotFound: if it is not in the book.
    :raises Invalid: if no part, or more than one, was asked for.
    """
    ids, node = _named(asked, own, part)
    if not asked.categories and not (part.is_whole and asked.accounts):
        return ids, node
    some = {*own.subtrees(asked.categories)}
    some |= {*map(str, asked.accounts)} if part.is_whole else set()
    return [id for id in ids if id in some], node


def _named(asked: Asked, own: Chart, part: Part) -> tuple[list[str], Node | None]:
    if not part.named and part.status:
        return own.of_types(*REAL_TYPES), None
    if part.is_whole:
        return [*own.nodes], None
    if len(part.named) != 1:
        raise invalid(
            "?account",
            "one_part",
            "Name one of account, category, kind, type and flow, and no other.",
        )
    if part.account:
        node = own.nodes.get(str(part.account))
        if node is None:
            raise NotFound("There is no such account in this book.")
        return [node.id], node
    if part.category:
        return own.subtrees([part.category]), own.nodes.get(str(part.category))
    if part.flow:
        return _of_flow(asked, own, part.flow), None
    return own.of_kinds(part.kind) if part.kind else own.of_types(part.type), None


def _of_flow(asked: Asked, own: Chart, flow: str) -> list[str]:
    if flow == "saved":
        return own.of_types(AccountType.INCOME, AccountType.EXPENSE)
    if flow == "invested":
        return own.of_kinds(Kind.INVESTMENT)
    if flow == "opened":
        return own.of_kinds(*OPENED)
    if not asked.accounts:
        raise invalid(
            "?accounts", "required", "Name the accounts that were given what was transferred."
        )
    given = {*map(str, asked.accounts)}
    return [id for id in own.of_types(*REAL_TYPES) if id not in given]


def sign(part: Part, node: Node) -> int:
    """Return how an entry looks to the money's owner: what is spent, or given, leaves them."""
    if part.is_whole:
        return 1
    return 1 if (node.type in REAL_TYPES) is not (part.flow == "transferred") else -1


def mirrored(part: Part) -> list[str]:
    """Return the types of accounts whose entries look the other way round (`sign`)."""
    if part.is_whole or part.flow == "invested":
        return []
    if part.flow == "transferred":
        return [*REAL_TYPES]
    return [type for type in AccountType.values if type not in REAL_TYPES]
