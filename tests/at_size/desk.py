"""A member of staff at a browser, and what the server's log says of each of their requests."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
from playwright.sync_api import Browser, Response

from tests.at_size.answers import ANSWERS
from tests.at_size.places import Place
from tests.browsing import Reader

#: How often a place is opened again after the first time, which warms up.
VISITS = 3
#: How many rows of a list are ticked.
TICKED = 3
#: What is carried out, mostly in parts, each of which is a request; how long all of them may take.
CARRIED_OUT = re.compile(
    r", merge$|^transactions.rulerun: newest, take_back$"
    r"|^transactions.import: long preview, match_again$|^transactions.import: long, revert$"
)
_MOST_MS = 600_000
#: What a service that refuses is answered with.
REFUSED = 400
_PATIENCE = 10.0
_HOUSE, _LIST = "form.house", "#changelist-form"
#: Tick the first rows, choose what is done with them, and return what the form would send.
_TICK = f"""
([action, most]) => {{
    const form = document.querySelector("{_LIST}");
    const rows = [...form.querySelectorAll("[name=_selected_action]")];
    rows.slice(0, most).forEach((one) => {{ one.checked = true; }});
    form.querySelector("select[name=action]").value = action;
    return new URLSearchParams(new FormData(form)).toString();
}}
"""
#: Fill what a form requires and some fields whatever they hold; return what it would send.
_FILL = f"""
([answers, today]) => {{
    const form = document.querySelector("{_HOUSE}");
    for (const field of form.elements) {{
        if (field.name in answers) field.value = answers[field.name];
        else if (!field.required || field.value) continue;
        else if (field.classList.contains("vDateField")) field.value = today;
        else if (field.tagName !== "SELECT") field.value = "Measured";
        else field.value = [...field.options].map((one) => one.value).find(Boolean) ?? "";
    }}
    const button = form.querySelector("button[type=submit]");
    return new URLSearchParams(new FormData(form, button)).toString();
}}
"""
_AGAIN = """
async ([address, sent]) => {
    const post = {
        method: "POST", body: sent, headers: {"Content-Type": "application/x-www-form-urlencoded"},
    };
    const answer = await fetch(address, {cache: "no-store", ...(sent ? post : {})});
    await answer.arrayBuffer();
    return answer.headers.get("x-request-id");
}
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """The best of some visits of a place, by the server's log; what was said if it was refused."""

    milliseconds: float
    statements: int
    status: int
    refused: str = ""


class Log:
    """What the server writes: a JSON object for each answer, found by the request's id."""

    def __init__(self, path: Path) -> None:
        self._file = path.open()
        self._known: dict[str, dict[str, Any]] = {}

    def of(self, request_id: str) -> dict[str, Any]:
        """Return the line of a request.

        :raises RuntimeError: if it does not come.
        """
        self.until(request_id)
        return self._known[request_id]

    def until(self, request_id: str) -> list[dict[str, Any]]:
        """Return the lines that come before that of a request is there, which takes a moment.

        :raises RuntimeError: if it does not come.
        """
        end, found = time.monotonic() + _PATIENCE, []
        while request_id not in self._known:
            if time.monotonic() > end:
                raise RuntimeError(f"The log does not tell of {request_id}.")
            lines = [json.loads(text) for text in self._file]
            found += [line for line in lines if line.get("logger") == "request"]
            self._known |= {line["request_id"]: line for line in found}
            time.sleep(0.002)
        return found


#: Verbs whose form is answered by a file, as long as what is in it.
DOWNLOADS = frozenset({"export-all"})


class Desk:
    """Staff who open every place, look at it, and open it again."""

    def __init__(self, browser: Browser, url: str, log: Log, pictures: Path) -> None:
        self.reader = Reader(browser, url, viewport={"width": 1280, "height": 900})
        self.page, self._log, self._pictures = self.reader.page, log, pictures
        pictures.mkdir(parents=True, exist_ok=True)

    def come_in(self, email: str, password: str) -> None:
        """Sign in, and enrol an app as one does the first time."""
        self.page.goto("/admin/")
        self.page.locator("[name=username]").fill(email)
        self.page.locator("[name=password]").fill(password)
        self.page.locator("form button[type=submit]").first.click()
        self.shoot("enrolling")
        # Its letters stand in fours.
        secret = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", self.page.inner_text("body"))
        if secret is None:
            raise RuntimeError(f"No app can be enrolled at {self.page.url}.")
        self.page.locator("[name=code]").fill(pyotp.TOTP(secret[0].replace(" ", "")).now())
        self.page.locator("[name=code]").press("Enter")
        self.page.wait_for_load_state()
        self.shoot("recovery codes")

    def visit(self, place: Place) -> Iterator[tuple[str, Seen]]:
        """Open a place, and what its form shows; yield what each is called and what it cost."""
        answer = self.reader.open(place.address)
        if not place.ticks:
            yield place.name, self._seen(place.name, answer, "", is_data=place.is_data)
        else:
            sent = self.page.evaluate(_TICK, [place.ticks, TICKED])
            answer = self._sends(lambda: self._submit(_LIST))
            yield place.name, self._seen(place.name, answer, sent)
        asks = self.page.locator(f"{_HOUSE} button[name=preview]")
        if not place.is_form or answer.status != 200 or not asks.count():
            return
        if place.verb in DOWNLOADS:
            return
        sent = self._fill(place)
        answer = self._sends(lambda: asks.click())
        yield f"{place.name}, preview", self._seen(f"{place.name}, preview", answer, sent)

    def carry_out(self, place: Place) -> tuple[str, Seen]:
        """Do what is done in parts, as its pages do by themselves; return the worst part."""
        self.reader.open(place.address)
        self._fill(place)
        shown = self._sends(lambda: self.page.locator(f"{_HOUSE} button[name=preview]").click())
        self._log.of(str(shown.header_value("x-request-id")))
        self.page.locator(f"{_HOUSE} button.does").click()
        self.page.wait_for_url(lambda url: place.address not in url, timeout=_MOST_MS)
        self.shoot(f"{place.name}, done")
        last = self.reader.open("/admin/")
        lines = self._log.until(str(last.header_value("x-request-id")))
        parts = [one for one in lines if one["method"] == "POST"]
        return f"{place.name}, each of its parts", Seen(
            *(max(one[name] for one in parts) for name in ("milliseconds", "queries", "status"))
        )

    def _fill(self, place: Place) -> str:
        """Fill the form that is shown, and return what it would send."""
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        return self.page.evaluate(_FILL, [ANSWERS.get(place.verb, {}), today])

    def _submit(self, form: str) -> None:
        self.page.evaluate("(form) => document.querySelector(form).submit()", form)

    def _sends(self, does: Callable[[], None]) -> Response:
        """Return what a form is answered."""
        with self.page.expect_navigation() as going:
            does()
        answer = going.value
        if answer is None:
            raise RuntimeError(f"Nothing was answered at {self.page.url}.")
        return answer

    def _seen(self, name: str, answer: Response, sent: str, *, is_data: bool = False) -> Seen:
        """Look at what was answered, ask for it again, and return the best."""
        first = self._log.of(str(answer.header_value("x-request-id")))
        refused = ""
        if not is_data:
            self.shoot(name)
            alerts = self.page.locator("[role=alert]").all_inner_texts()
            refused = " ".join(alerts) if first["status"] == REFUSED else ""
        ids = [self.page.evaluate(_AGAIN, [answer.url, sent]) for _ in range(VISITS)]
        lines = [self._log.of(id) for id in ids]
        return Seen(
            min(one["milliseconds"] for one in lines),
            min(one["queries"] for one in lines),
            first["status"],
            refused,
        )

    def shoot(self, name: str) -> None:
        """Keep a picture of the whole page."""
        file = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-")
        self.page.screenshot(path=self._pictures / f"{file}.png", full_page=True)
