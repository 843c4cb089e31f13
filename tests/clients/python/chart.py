"""The accounts, categories and names that a story is about."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from buffet_client import AuthenticatedClient, models
from buffet_client.api.accounts import accounts_create
from buffet_client.api.brokers import brokers_create
from buffet_client.api.categories import categories_create
from buffet_client.api.vendors import vendors_create
from buffet_client.models import AccountKind, CategoryType
from reading import the


@dataclass(frozen=True, slots=True)
class Chart:
    """The ids of what the story is about."""

    broker: UUID
    checking: UUID
    savings: UUID
    groceries: UUID
    household: UUID
    salary: UUID
    market: UUID


def open_chart(client: AuthenticatedClient) -> Chart:
    """Create a broker, two accounts, three categories and a vendor."""
    bank = models.BrokerCreate(name="Bank")
    broker = the(models.BrokerRead, brokers_create.sync(client=client, body=bank))
    everyday = models.AccountCreate(
        name="Everyday",
        kind=AccountKind.CHECKING,
        currency="BRL",
        broker=broker.id,
        opened_on=date(2025, 1, 1),
        opening_balance="1000.00",
    )
    checking = the(models.AccountRead, accounts_create.sync(client=client, body=everyday))
    assert checking.type_ is models.RealAccountType.ASSET
    assert (checking.opened_on, checking.broker) == (date(2025, 1, 1), broker.id)
    assert checking.balance == "1000.00"
    later = models.AccountCreate(name="Later", kind=AccountKind.SAVINGS, currency="BRL")
    savings = the(models.AccountRead, accounts_create.sync(client=client, body=later))
    assert savings.balance == "0.00"

    def category(name: str, type: CategoryType) -> UUID:
        wanted = models.CategoryCreate(name=name, type_=type)
        made = the(models.CategoryRead, categories_create.sync(client=client, body=wanted))
        assert (made.type_, made.parent) == (type, None)
        return made.id

    shop = models.VendorCreate(name="Market")
    return Chart(
        broker=broker.id,
        checking=checking.id,
        savings=savings.id,
        groceries=category("Groceries", CategoryType.EXPENSE),
        household=category("Household", CategoryType.EXPENSE),
        salary=category("Salary", CategoryType.INCOME),
        market=the(models.VendorRead, vendors_create.sync(client=client, body=shop)).id,
    )
