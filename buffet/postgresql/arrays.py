"""Lists as PostgreSQL reads them, written as one text.

The driver writes any list, and asks of each element what it is and whether it must be quoted; of a
thousand transactions that was a quarter of all that they cost the application. Whoever knows what
is in a list says so here, and casts the text in the statement.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID


def of_ids(ids: Iterable[UUID | None]) -> str:
    """Write ids, as `uuid[]` reads them."""
    written = ",".join(["NULL" if id is None else id.hex for id in ids])
    return f"{{{written}}}"


def of_plain(values: Iterable[date | Decimal]) -> str:
    """Write days or numbers, as `date[]` and `numeric[]` read them."""
    return f"{{{','.join([str(value) for value in values])}}}"


def of_texts(texts: Iterable[str]) -> str:
    """Write texts, whatever is in them, as `text[]` reads them."""
    quoted = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts]
    written = '","'.join(quoted)
    return f'{{"{written}"}}' if quoted else "{}"
