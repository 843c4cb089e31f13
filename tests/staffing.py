"""The desk of staff, and how rows are reached from there."""

from typing import Any
from uuid import UUID

import pytest
from conftest import PASSWORD
from django.test import Client
from django.urls import reverse

from buffet.models import User


@pytest.fixture
def desk(db: None) -> Client:
    """The browser of staff who may do everything."""
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", PASSWORD))
    return client


def page(row: Any, verb: str = "change") -> str:
    """Return the address of a row's page, or of one of its verbs."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_{verb}"
    return reverse(name, args=[row.pk])


def select(desk: Client, action: str, ids: list[UUID], **sent: Any) -> Any:
    """Do something to a selection of transactions."""
    address = reverse("admin:transactions_transaction_changelist")
    chosen = {"action": action, "_selected_action": [str(id) for id in ids]}
    return desk.post(address, chosen | sent)
