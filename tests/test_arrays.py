"""Lists that are written as one text are the lists that they were."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import DataError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buffet.postgresql.arrays import of_ids, of_plain, of_texts

pytestmark = pytest.mark.django_db
same_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def read(kind: str, written: str) -> Any:
    """Return what PostgreSQL reads."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [written])
        return cursor.fetchone()[0]


@same_database
@given(st.lists(st.one_of(TEXTS, st.sampled_from(["NULL", "null", "", "{}", '"', "\\", ",", " "]))))
def test_texts(texts: list[str]) -> None:
    assert read("text", of_texts(texts)) == texts


@same_database
@given(st.lists(st.one_of(st.none(), st.uuids())))
def test_ids(ids: list[UUID | None]) -> None:
    assert read("uuid", of_ids(ids)) == ids


@same_database
@given(st.lists(st.dates()), st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=8)))
def test_days_and_numbers(days: list[date], numbers: list[Decimal]) -> None:
    assert read("date", of_plain(days)) == days
    assert read("numeric", of_plain(numbers)) == numbers


def test_a_text_that_no_database_holds_is_refused() -> None:
    with pytest.raises(DataError, match="NUL"):
        read("text", of_texts(["one", "two\0"]))
