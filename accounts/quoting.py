"""The verb of the exchange rates that all books share; a book's own are written by the ledger."""

from decimal import Decimal

from accounts.models import ExchangeRate
from buffet.audit import Actor, acting
from buffet.errors import NotFound


def correct_shared_rate(
    *, by: Actor, rate_id: int, rate: Decimal, source: str, reason: str = ""
) -> ExchangeRate:
    """Correct a rate that all books share; the next load of its source may correct it again.

    :raises NotFound: if there is no such rate.
    """
    with acting(by=by, reason=reason):
        if not ExchangeRate.objects.filter(id=rate_id).update(rate=rate, source=source):
            raise NotFound("There is no such rate.")
        return ExchangeRate.objects.get(id=rate_id)
