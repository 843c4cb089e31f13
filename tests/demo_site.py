"""The demo book on a real server, with a database of its own, as `make run` would serve it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.conf import settings

from buffet.bench.serving import database_url, serving

# Of a currency that the demo does not use, so that its figures stay.
_OWN_RATE = """
INSERT INTO accounts_bookrate (id, book_id, base, quote, "on", rate, source)
SELECT gen_random_uuid(), id, 'GBP', base_currency, current_date, 6.8125, 'Banco Azul'
FROM buffet_book
"""
_KNOWN = """
SELECT
    (SELECT id FROM accounts_bookrate LIMIT 1) AS own_rate,
    (SELECT id FROM accounts_account WHERE kind = 'checking' ORDER BY name LIMIT 1) AS account,
    (SELECT id FROM transactions_transaction ORDER BY date DESC, id LIMIT 1) AS transaction,
    (SELECT id FROM accounts_creditcard ORDER BY id LIMIT 1) AS card,
    (SELECT id FROM accounts_creditcard ORDER BY id DESC LIMIT 1) AS gold,
    (SELECT account_id FROM accounts_creditcard ORDER BY id DESC LIMIT 1) AS gold_account,
    (
        SELECT max(closes_on) FROM invoices_invoice
        WHERE card_id = (SELECT id FROM accounts_creditcard ORDER BY id DESC LIMIT 1)
            AND closes_on < current_date - 1
    ) AS gold_closed,
    (
        SELECT l.transaction_id FROM invoices_invoiceline l
        LEFT JOIN invoices_installment p ON p.transaction_id = l.transaction_id
        WHERE l.section = 'purchase' AND l.date <= current_date AND p.id IS NULL
        ORDER BY l.date DESC, l.entry_id LIMIT 1
    ) AS purchase,
    (SELECT id FROM invoices_installmentplan ORDER BY id DESC LIMIT 1) AS plan,
    to_char(now(), 'YYYY-MM') AS month,
    to_char(now() + interval '1 month', 'YYYY-MM') AS next,
    to_char(now() - interval '1 month', 'YYYY-MM') AS past,
    to_char(now() - interval '5 months', 'YYYY-MM') AS closed,
    (SELECT id FROM transactions_transaction ORDER BY date, id LIMIT 1) AS closed_transaction,
    (
        SELECT id FROM accounts_account WHERE kind = 'category' AND type = 'expense'
        ORDER BY parent_id IS NULL, name LIMIT 1
    ) AS category,
    (
        SELECT id FROM transactions_balancepoint WHERE kind = 'valuation' ORDER BY "on" DESC, id
        LIMIT 1
    ) AS valuation,
    (SELECT id FROM transactions_subscription WHERE name = 'Smart Fit') AS subscription,
    (SELECT id FROM buffet_membership ORDER BY id LIMIT 1) AS seat,
    (SELECT id FROM transactions_rule ORDER BY position LIMIT 1) AS rule,
    (SELECT id FROM transactions_import WHERE status = 'preview' LIMIT 1) AS preview,
    (SELECT id FROM transactions_import WHERE status = 'committed' LIMIT 1) AS imported
"""

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")


@dataclass(frozen=True, slots=True)
class Site:
    """Where the demo is served, what the addresses of its pages need, where its letters lie."""

    url: str
    known: dict[str, str]
    letters: Path


@contextmanager
def demo_site(folder: Path) -> Iterator[Site]:
    """Serve the demo book; `folder` holds what it writes."""
    with _database() as url:
        environment = {
            "DATABASE_URL": url,
            "EMAIL_URL": f"filemail:///{folder / 'letters'}",
            # Kept between sessions: collecting takes seconds, and `prepare` sees what changed. Each
            # worker has its own, since two that collect into one folder trip over each other.
            "STATIC_ROOT": str(settings.DATA_DIR / f"demo-static-{_WORKER}"),
        }
        prepared = subprocess.run(
            [sys.executable, "manage.py", "prepare"],
            cwd=settings.BASE_DIR,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert prepared.returncode == 0, f"the demo is not ready:\n{prepared.stdout[-6000:]}"
        with psycopg.connect(url) as connection:
            connection.execute(_OWN_RATE)
            cursor = connection.execute(_KNOWN)
            names = [column.name for column in cursor.description or ()]
            known = dict(zip(names, map(str, cursor.fetchone() or ()), strict=True))
        with serving(**environment) as server:
            yield Site(server.url, known, folder / "letters")


@contextmanager
def _database() -> Iterator[str]:
    server, name = urlsplit(database_url()), f"demo_{os.getpid()}"
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {name}")
        try:
            yield server._replace(path=f"/{name}").geturl()
        finally:
            owner.execute(f"DROP DATABASE {name} WITH (FORCE)")
