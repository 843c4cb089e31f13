"""Which triggers are left out is asked at the price of an expression, and answered as before."""

import pgtrigger
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from transactions.models import Entry

ASK = "SELECT public._pgtrigger_should_ignore(%s)"


def language() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lanname FROM pg_proc JOIN pg_language l ON l.oid = prolang "
            "WHERE proname = '_pgtrigger_should_ignore'"
        )
        ((name,),) = cursor.fetchall()
    return name


@pytest.mark.parametrize(
    ("said", "left_out"),
    [("", False), ("{}", False), ("{this}", True), ("{other,this}", True), ("{other}", False)],
)
def test_left_out_is_what_the_session_names(db: None, said: str, left_out: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [said])
        cursor.execute(ASK, ["this"])

        assert cursor.fetchone() == (left_out,)


def test_no_trigger_has_to_catch_an_error(db: None) -> None:
    """Or a large book takes hours to load: each such error looks through all waiting checks."""
    assert language() == "sql"


def test_migrating_makes_it_anew(db: None) -> None:
    model = apps.get_model("transactions", "entry")
    trigger = next(one for of, one in pgtrigger.registered() if of is Entry)
    with connection.cursor() as cursor:
        cursor.execute(trigger.compile(model).install_sql)
    assert language() == "plpgsql", "a migration of triggers does not bring it back any more"

    call_command("migrate", verbosity=0)

    assert language() == "sql"
