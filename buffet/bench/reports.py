"""What reports cost as JSON and as pages, and whether that grows with the book.

Each is measured as a process answers it that has answered it before: in the same state of the book,
and in the one before, since when somebody has recorded a transaction; and with nothing remembered,
as the first request of a process.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from buffet import services
from buffet.bench.book import Loaded
from buffet.bench.measuring import Case, Cost, Measuring, Send, request
from buffet.gate import Gate
from buffet.models import Attempts, User
from buffet.remembering import forget

#: The most that each may cost, in H, and how many statements it may take beyond those that find the
#: caller: the gate's; of a page the session's and the reader's.
JSON, PAGE, STATEMENTS = 10, 30, 6
FINDING = {"JSON": 1, "page": 2}
#: Where more has to be made anew, they are asked in every so many rounds.
FEWER = 8
#: How many times more a report may cost with a hundred or five hundred times the entries.
GROWTH = 1.15
#: What is asked, by its name: the API's address (empty for none), and the page's.
ASKED = {
    "overview": ("reports/accounts/portfolio-overview", "/"),
    "balances": ("reports/accounts/balances", "/accounts"),
    "cash flow": ("reports/cash-flow", "/cash-flow"),
    "spending": ("reports/spending", "/spending"),
    "net worth": ("reports/net-worth", "/net-worth"),
    "trial balance": ("reports/trial-balance", "/trial-balance"),
    "timeline": ("reports/accounts/{account}/timeline?period=last-month", "/accounts/{account}"),
    "investment performance": ("reports/investment-performance", "/investments"),
    "cards": ("reports/cards", "/cards"),
    "forecast": ("reports/forecast", "/coming"),
    "coverage": ("reports/coverage", "/coverage"),
    # Of a year, since a page of it is full at every size: rows that are shown are no growth.
    "rows of a figure": ("", "/rows?category={category}&period=last-year"),
}


class Known(StrEnum):
    """What a process knows when it is asked."""

    ANSWER = "the same again"
    BEFORE = "after a change"
    NOTHING = "nothing remembered"


@dataclass(frozen=True, slots=True)
class Measured:
    """The costs of a size of the book, by name and face, and what was known."""

    size: str
    costs: dict[tuple[str, str, Known], Cost]

    @property
    def bare(self) -> float:
        """What H was, in milliseconds."""
        return next(iter(self.costs.values())).bare


class Asking:
    """Every report in each face, asked in alternation."""

    def __init__(self, loaded: Loaded, today: date, gate: Gate, bare: Send) -> None:
        self._keys, cases = _cases(loaded, today, gate)
        self.measuring = Measuring(cases, bare, gate)

    def measured(self, size: str) -> Measured:
        """Return what they cost."""
        return Measured(size, {self._keys[cost.name]: cost for cost in self.measuring.costs()})


def _cases(
    loaded: Loaded, today: date, gate: Gate
) -> tuple[dict[str, tuple[str, str, Known]], list[Case]]:
    """Return what is asked, and which report, face and state each is, by its label."""
    token = services.open_session(loaded.user).access
    session = _session(loaded.user)
    change = _change(loaded, today, gate, token)
    keys: dict[str, tuple[str, str, Known]] = {}
    cases = []
    for name, (api, page) in ASKED.items():
        for face, address in (("JSON", api and f"/api/v1/{api}"), ("page", page)):
            if not address:
                continue
            path = address.format(account=loaded.accounts[0], category=loaded.categories[0])
            send = _send(gate, path, token if face == "JSON" else "", session)
            for known, before in (
                (Known.ANSWER, None),
                (Known.BEFORE, change),
                (Known.NOTHING, forget),
            ):
                label = f"{name} {face} {known}"
                keys[label] = (name, face, known)
                cases.append(Case(label, send, 4, FEWER if before else 1, before))
    return keys, cases


def _change(loaded: Loaded, today: date, gate: Gate, token: str) -> Send:
    """Return how somebody records a purchase of today."""
    body = {
        "account": str(loaded.accounts[0]),
        "category": str(loaded.categories[0]),
        "amount": "-42.50",
        "date": today.isoformat(),
        "description": "Measured",
    }

    def change() -> None:
        # As if a minute had passed, so that no limit is reached.
        Attempts.objects.all().delete()
        status, content, _ = request(gate, "POST", "/api/v1/transactions", token, body)
        if status != 201:
            raise RuntimeError(f"{status} {content[:500]!r}")

    return change


def _send(gate: Gate, path: str, token: str, session: str) -> Send:
    def send() -> None:
        status, content, _ = request(gate, "GET", path, token, cookie="" if token else session)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {content[:500]!r}")

    return send


def _session(user: User) -> str:
    """Return the cookie of a browser that is signed in."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "buffet.passwords.Passwords"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def report(found: list[Measured]) -> str:
    """Return what was measured as a table, and how it grows."""
    lines = [
        "| report | transactions | what is known | JSON × H | page × H | statements | |",
        "|---|---:|---|---:|---:|---:|---|",
    ]
    for one in found:
        lines += [_line(one, name, known) for name in ASKED for known in Known]
    lines.append("")
    lines.append(f"At most {JSON} H as JSON and {PAGE} H as a page, by {STATEMENTS} statements.")
    lines.append("H: " + ", ".join(f"{one.size} {one.bare * 1000:.0f} µs" for one in found) + ".")
    if len(found) > 1:
        lines += ["", *_growth(found[0], found[-1])]
    return "\n".join(lines) + "\n"


def _line(one: Measured, name: str, known: Known) -> str:
    cells, counts, is_met = [], [], True
    for face, most in (("JSON", JSON), ("page", PAGE)):
        cost = one.costs.get((name, face, known))
        if cost is None:
            cells.append("")
            continue
        cells.append(f"{cost.ratio:.1f}")
        sent = cost.statements - FINDING[face]
        counts.append(f"{sent}")
        is_met = is_met and cost.ratio <= most and sent <= STATEMENTS
    said = "met" if is_met else "missed"
    return f"| {name} | {one.size} | {known} | {' | '.join(cells)} | {', '.join(counts)} | {said} |"


def _growth(few: Measured, many: Measured) -> Iterator[str]:
    for (name, face, known), cost in few.costs.items():
        other = many.costs[name, face, known]
        times = (other.python + other.database) / (cost.python + cost.database)
        said = "met" if times <= GROWTH else "missed"
        yield (
            f"- {name}, {face}, {known}, {few.size} → {many.size}: × {times:.2f} "
            f"(≤ {GROWTH}: {said})"
        )
