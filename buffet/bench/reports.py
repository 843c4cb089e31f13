"""What reports cost as JSON and as pages, and whether that grows with the book.

Each is measured as a process answers it that has answered it before in the same state of the book,
and with nothing remembered, as the first request of a process or the first after a change.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from buffet import services
from buffet.bench.book import Loaded
from buffet.bench.measuring import Case, Cost, Send, measure, request
from buffet.gate import Gate
from buffet.models import User
from buffet.remembering import forget

#: The most that each may cost, in H, and how many statements it may take beyond those that find the
#: caller: the gate's; of a page the session's and the reader's.
JSON, PAGE, STATEMENTS = 10, 30, 6
FINDING = {"JSON": 1, "page": 2}
#: With nothing remembered they are asked in every so many rounds.
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
    "timeline": ("reports/accounts/{account}/timeline?period=last-month", ""),
    "cards": ("reports/cards", "/cards"),
    "forecast": ("reports/forecast", "/coming"),
    "coverage": ("reports/coverage", "/coverage"),
    "rows of a figure": ("", "/rows?category={category}&period=last-month"),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """The costs of a size of the book, by (name, face, whether nothing was remembered)."""

    size: str
    costs: dict[tuple[str, str, bool], Cost]

    @property
    def bare(self) -> float:
        """What H was, in milliseconds."""
        return next(iter(self.costs.values())).bare


def measured(
    size: str, loaded: Loaded, today: date, rounds: int, gate: Gate, bare: Send
) -> Measured:
    """Ask every report in each face, in alternation, and return what it costs."""
    token = services.open_session(loaded.user).access
    session = _session(loaded.user)
    keys: dict[str, tuple[str, str, bool]] = {}
    cases = []
    for name, (api, page) in ASKED.items():
        for face, address in (("JSON", api and f"/api/v1/{api}"), ("page", page)):
            if not address:
                continue
            path = address.format(account=loaded.accounts[0], category=loaded.categories[0])
            send = _send(gate, path, token if face == "JSON" else "", session)
            for is_first in (False, True):
                label = f"{name} {face} {is_first}"
                keys[label] = (name, face, is_first)
                first = Case(label, _forgetful(send), times=4, every=FEWER)
                cases.append(first if is_first else Case(label, send, times=4))
    found = measure(cases, bare, rounds, gate)
    return Measured(size, {keys[cost.name]: cost for cost in found})


def _send(gate: Gate, path: str, token: str, session: str) -> Send:
    def send() -> None:
        status, content, _ = request(gate, "GET", path, token, cookie="" if token else session)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {content[:500]!r}")

    return send


def _forgetful(send: Send) -> Callable[[], None]:
    def forgetful() -> None:
        forget()
        send()

    return forgetful


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
        f"| report | transactions | JSON × H (≤ {JSON}) | nothing remembered | page × H (≤ {PAGE}) "
        f"| nothing remembered | statements (≤ {STATEMENTS}) | |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for one in found:
        lines += [_line(one, name) for name in ASKED]
    lines.append("")
    lines.append("H: " + ", ".join(f"{one.size} {one.bare * 1000:.0f} µs" for one in found) + ".")
    if len(found) > 1:
        lines += ["", *_growth(found[0], found[-1])]
    return "\n".join(lines) + "\n"


def _line(one: Measured, name: str) -> str:
    cells, counts, is_met = [], [], True
    for face, most in (("JSON", JSON), ("page", PAGE)):
        cost, first = (one.costs.get((name, face, is_first)) for is_first in (False, True))
        if cost is None or first is None:
            cells += ["", ""]
            continue
        cells += [f"{cost.ratio:.1f}", f"{first.ratio:.1f}"]
        sent = first.statements - FINDING[face]
        counts.append(f"{sent}")
        is_met = is_met and cost.ratio <= most and sent <= STATEMENTS
    said = "met" if is_met else "missed"
    return f"| {name} | {one.size} | {' | '.join(cells)} | {', '.join(counts)} | {said} |"


def _growth(few: Measured, many: Measured) -> list[str]:
    lines = []
    for key, cost in few.costs.items():
        name, face, is_first = key
        other = many.costs[key]
        times = (other.python + other.database) / (cost.python + cost.database)
        said = "met" if times <= GROWTH else "missed"
        first = ", nothing remembered" if is_first else ""
        lines.append(
            f"- {name}, {face}{first}, {few.size} → {many.size}: × {times:.2f} (≤ {GROWTH}: {said})"
        )
    return lines
