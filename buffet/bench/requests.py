"""What the requests cost that people and programs send most."""

from datetime import date
from itertools import count
from typing import Any

from django.db import connection

from buffet import services
from buffet.bench import book
from buffet.bench.measuring import Case, Cost, request
from buffet.gate import Gate
from buffet.remembering import forget
from buffet.rest.pagination import Cursor

API = "/api/v1"
PAGE = 50
#: The most that each may cost, in H.
TARGETS = {
    "accounts, unchanged (304)": 1,
    "portfolio overview": 10,
    "accounts": 8,
    "transactions, first page": 10,
    "transactions, thousandth page": 10,
    "create one transaction": 15,
}
OVERVIEW, FIRST, THOUSANDTH = (
    "portfolio overview", "transactions, first page", "transactions, thousandth page",
)  # fmt: skip
BULK = "bulk of 1,000"
UNCHANGED = "accounts, unchanged (304)"


def cases(loaded: book.Loaded, today: date, handler: Gate) -> list[Case]:
    """Return what is sent."""
    token = services.open_session(loaded.user).access
    numbers = count()

    def read(path: str) -> Any:
        def send() -> None:
            status, content, _ = request(handler, "GET", API + path, token)
            assert status == 200, content

        return send

    def one() -> dict[str, str]:
        number = next(numbers)
        return {
            "account": str(loaded.accounts[number % 18]),
            "category": str(loaded.categories[number % 30]),
            "vendor": str(loaded.vendors[number % 40]),
            "amount": "-42.50",
            "date": today.isoformat(),
            "description": f"Measured {number}",
        }

    def create() -> None:
        status, content, _ = request(handler, "POST", f"{API}/transactions", token, one())
        assert status == 201, content

    rows = [one() for _ in range(1000)]

    def write_bulk() -> None:
        # As a client does; it is not of what the server spends.
        rows[:] = [one() for _ in range(1000)]

    def bulk() -> None:
        body = {"transactions": rows}
        status, content, _ = request(handler, "POST", f"{API}/transactions/bulk", token, body)
        assert status == 201, content

    overview = read("/reports/accounts/portfolio-overview")

    tag = '"none"'

    def unchanged() -> None:
        nonlocal tag
        # The answer itself when another case has changed the book since.
        status, content, headers = request(handler, "GET", f"{API}/accounts", token, seen=tag)
        assert status in (200, 304), content
        tag = headers["ETag"]

    def forgetful() -> None:
        forget()
        overview()

    place = _cursor(loaded, 1000 * PAGE)
    return [
        Case("who am I", read("/users/me")),
        Case(UNCHANGED, unchanged),
        Case(OVERVIEW, overview),
        Case("portfolio overview, nothing remembered", forgetful),
        Case("accounts", read("/accounts")),
        Case(FIRST, read(f"/transactions?limit={PAGE}")),
        Case(THOUSANDTH, read(f"/transactions?limit={PAGE}&cursor={place}")),
        Case("create one transaction", create),
        Case(BULK, bulk, times=1, before=write_bulk),
    ]


def _cursor(loaded: book.Loaded, depth: int) -> Cursor:
    """Return the cursor behind so many transactions, or in the middle of a smaller book."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date, id FROM transactions_transaction WHERE book_id = %s "
            "ORDER BY date DESC, id DESC OFFSET least(%s, "
            "(SELECT count(*) / 2 FROM transactions_transaction WHERE book_id = %s)) LIMIT 1",
            (loaded.book.id, depth, loaded.book.id),
        )
        day, id = cursor.fetchone()
    return Cursor((day.isoformat(), str(id)))


def report(
    costs: dict[str, list[Cost]], rates: dict[str, float], inserted: dict[str, float]
) -> str:
    """Return what was measured as a table, and what follows from it."""
    lines = [
        "CPU per request, Python thread and PostgreSQL backend together; H is a bare Django view",
        "behind the default middleware, measured in alternation; best of the rounds, which go over",
        "the sizes by turns. A book of 20 accounts, 30 categories and 60 months, loaded through",
        "COPY, every guarantee on. The overview remembers the months before the current one as",
        "long as they and the rates stay as they are; *nothing remembered* is the first request of",
        "a process.",
        "",
        "| request | transactions | × H | target | app ms | database ms | statements | |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for text, measured in costs.items():
        for cost in measured:
            target = TARGETS.get(cost.name)
            said, limit = ("", "")
            if target:
                said, limit = ("met" if cost.ratio <= target else "missed", f"≤ {target}")
            elif cost.name == BULK:
                each = 1000 / ((cost.python + cost.database) / 1000)
                said = f"{each:,.0f} transactions/s: {'met' if each >= 5000 else 'missed'}"
                limit = "≥ 5,000/s"
            lines.append(
                f"| {cost.name} | {text} | {cost.ratio:.1f} | {limit} | {cost.python:.2f} | "
                f"{cost.database:.2f} | {cost.statements} | {said} |"
            )
    bares = ", ".join(
        f"{text} {measured[0].bare * 1000:.0f} µs" for text, measured in costs.items()
    )
    lines += ["", f"H: {bares}.", "", *_growth(costs)]
    for text, times in inserted.items():
        said = "met" if times <= 1.6 else "missed"
        lines.append(
            f"- the SQL of a create : the bare inserts at {text}: × {times:.2f} (≤ 1.6: {said})"
        )
    lines.append("")
    lines += [f"- COPY of {text}: {rate:,.0f} transactions/s" for text, rate in rates.items()]
    return "\n".join(lines) + "\n"


def _growth(costs: dict[str, list[Cost]]) -> list[str]:
    """Return how the overview grows with the book, and how deep pages compare with the first."""
    named = {text: {cost.name: cost for cost in measured} for text, measured in costs.items()}
    first, last = next(iter(named)), list(named)[-1]

    def total(cost: Cost) -> float:
        return cost.python + cost.database

    found = []
    if first != last:
        times = total(named[last][OVERVIEW]) / total(named[first][OVERVIEW])
        said = "met" if times <= 1.15 else "missed"
        found.append(f"- portfolio overview, {first} → {last}: × {times:.2f} (≤ 1.15: {said})")
    for text, measured in named.items():
        times = total(measured[THOUSANDTH]) / total(measured[FIRST])
        said = "met" if 0.75 <= times <= 1.25 else "missed"
        found.append(f"- thousandth page : first page at {text}: × {times:.2f} (± 25 %: {said})")
    return found
