"""Many writers of one book over HTTP, and a worker killed among them: nothing lost or doubled."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from serving import Server, serving, signed_in

from accounts.models import Account
from buffet.models import Book, User
from transactions.models import Entry, Transaction
from transactions.queries.verification import verify

THREADS = 20
SECONDS = float(os.environ.get("CONCURRENCY_SECONDS", "6"))

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("servers")]


@dataclass
class Writer:
    """One client: what it sent, and what it was told about each of its transactions."""

    number: int
    server: Server
    headers: dict[str, str]
    accounts: list[str]
    category: str
    #: external id → (id, amount) of what is certainly there
    there: dict[str, tuple[str, Decimal]] = field(default_factory=dict)
    #: external ids of what was certainly deleted
    gone: set[str] = field(default_factory=set)
    #: external ids of what a lost answer leaves open
    open: set[str] = field(default_factory=set)
    answers: list[int] = field(default_factory=list)
    lost: int = 0

    def run(self, end: float) -> None:
        """Write until the time is over."""
        chance = random.Random(self.number)
        with httpx.Client(base_url=f"{self.server.url}/api/v1", headers=self.headers) as client:
            while time.monotonic() < end:
                verbs = [self.create, self.create, self.transfer, self.correct, self.delete]
                chance.choice(verbs)(client, chance)

    def ask(self, client: httpx.Client, method: str, path: str, body: Any) -> Any:
        """Send a request; None when the answer was lost."""
        try:
            answer = client.request(method, path, json=body, timeout=20)
        except httpx.TransportError:
            self.lost += 1
            return None
        self.answers.append(answer.status_code)
        return answer

    def create(self, client: httpx.Client, chance: random.Random) -> None:
        """Record a purchase."""
        self.record(client, chance, {"category": self.category})

    def transfer(self, client: httpx.Client, chance: random.Random) -> None:
        """Record a transfer."""
        self.record(client, chance, {"transfer_to": self.accounts[1]})

    def record(self, client: httpx.Client, chance: random.Random, more: dict[str, str]) -> None:
        """Record one transaction, known by its external id."""
        name = f"{self.number}-{len(self.there) + len(self.gone) + len(self.open)}"
        amount = Decimal(-chance.randint(1, 9999)).scaleb(-2)
        body = {
            "account": self.accounts[0],
            "amount": f"{amount:.2f}",
            "date": date(2026, chance.randint(1, 6), chance.randint(1, 28)).isoformat(),
            "description": name,
            "external_id": name,
        }
        answer = self.ask(client, "POST", "/transactions", body | more)
        if answer is None:
            self.open.add(name)
        elif answer.status_code == 201:
            self.there[name] = (answer.json()["id"], amount)

    def correct(self, client: httpx.Client, chance: random.Random) -> None:
        """Correct the amount of something of one's own."""
        if not self.there:
            return
        name = chance.choice(sorted(self.there))
        id, _ = self.there[name]
        amount = Decimal(-chance.randint(1, 9999)).scaleb(-2)
        answer = self.ask(client, "PATCH", f"/transactions/{id}", {"amount": f"{amount:.2f}"})
        if answer is None:
            del self.there[name]
            self.open.add(name)
        elif answer.status_code == 200:
            self.there[name] = (id, amount)

    def delete(self, client: httpx.Client, chance: random.Random) -> None:
        """Delete something of one's own."""
        if not self.there:
            return
        name = chance.choice(sorted(self.there))
        id, _ = self.there.pop(name)
        answer = self.ask(client, "DELETE", f"/transactions/{id}", None)
        (self.open if answer is None else self.gone).add(name)


def test_twenty_writers_and_a_killed_worker(
    book: Book, owner: User, checking: Account, savings: Account, groceries: Account
) -> None:
    with serving() as server:
        headers = signed_in(owner)
        accounts = [str(checking.id), str(savings.id)]
        writers = [
            Writer(number, server, headers, accounts, str(groceries.id))
            for number in range(THREADS)
        ]
        end = time.monotonic() + SECONDS
        threads = [threading.Thread(target=writer.run, args=(end,)) for writer in writers]
        for thread in threads:
            thread.start()
        time.sleep(SECONDS / 2)
        before = server.workers()
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        wait_for(lambda: victim not in server.workers() and len(server.workers()) == len(before))
        for thread in threads:
            thread.join()

    assert len(before) == 2
    assert sum(writer.lost for writer in writers) > 0, "the kill cut off nobody"
    codes = {code for writer in writers for code in writer.answers}
    assert codes <= {200, 201, 204}, codes
    there = {
        entry.external_id: (str(entry.transaction_id), entry.amount)
        for entry in Entry.objects.filter(account=checking).exclude(external_id="")
    }
    for writer in writers:
        for name, kept in writer.there.items():
            assert there[name] == kept, "an acknowledged write was lost"
        assert not writer.gone & set(there), "an acknowledged deletion was lost"
    known = {name for writer in writers for name in (*writer.there, *writer.open)}
    assert set(there) <= known, "something was written twice"
    descriptions = list(Transaction.objects.values_list("description", flat=True))
    assert len(descriptions) == len(set(descriptions)), "something was written twice"
    assert len(descriptions) > THREADS
    assert all(check.ok for check in verify()), [check for check in verify() if not check.ok]


def wait_for(happened: Callable[[], bool]) -> None:
    """Wait until something has happened."""
    end = time.monotonic() + 15
    while not happened():
        assert time.monotonic() < end, "the worker did not die, or no other came"
        time.sleep(0.05)
