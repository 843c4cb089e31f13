"""Templates write what they are given in the reader's language, and nothing unescaped."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from jinja2 import DictLoader, Environment

from buffet.remembering import forget
from reports.reader import language, reading
from reports.templatetags.figures import amount, day
from reports.templating import environment


def pages(**templates: str) -> Environment:
    """Return the pages' environment with these templates instead."""
    return environment(autoescape=True, loader=DictLoader(templates))


def written(text: str, **said: Any) -> str:
    """Return what a template writes."""
    return pages(page=text).get_template("page").render(said)


def test_what_people_typed_is_escaped_and_our_own_words_are_not() -> None:
    typed = "<b>Ann & Bob's</b>"

    assert written("{{ typed }}", typed=typed) == "&lt;b&gt;Ann &amp; Bob&#39;s&lt;/b&gt;"
    assert "&lt;b&gt;" in written(
        "{% trans count=2, typed=typed %}<i>{{ typed }}</i>{% pluralize %}<i>{{ typed }}</i>s"
        "{% endtrans %}",
        typed=typed,
    )
    assert written("{% trans %}<i>whole</i>, 50 %{% endtrans %}") == "<i>whole</i>, 50 %"


@pytest.mark.parametrize(("reader", "count"), [("en", "1,234"), ("pt-br", "1.234")])
def test_numbers_are_written_as_the_reader_writes_them(reader: str, count: str) -> None:
    with translation.override(reader):
        assert written("{{ n }}", n=1234) == count
        assert written("{% trans n=n %}{{ n }} lines{% endtrans %}", n=1234) == f"{count} lines"
        assert written("{{ n|string }}", n=1234) == "1234"  # as SVG reads it


def test_what_is_not_there_is_nothing_and_so_is_all_of_it() -> None:
    assert written("{{ gone.of.it }}{% for one in gone.items() %}x{% endfor %}") == ""
    assert written("{% if gone.is_it or none.errors() %}x{% endif %}", none=None) == ""


def test_the_reader_is_another_one_from_page_to_page() -> None:
    text = "{{ value|amount('BRL') }} {{ on|day }}"
    said = {"value": Decimal("1234.5"), "on": date(2026, 5, 2)}

    found = []
    for reader in ("en", "pt-br", "en"):
        with translation.override(reader):
            found.append(written(text, **said))

    assert found == ["1,234.50 2 May 2026", "1.234,50 2 de maio de 2026", "1,234.50 2 May 2026"]


def test_within_one_page_the_reader_is_looked_for_once_and_then_forgotten() -> None:
    with translation.override("pt-br"):
        with reading():
            assert (language(), amount(Decimal("1.5"), "BRL")) == ("pt-br", "1,50")
        with translation.override("en"):
            assert (language(), day(date(2026, 5, 2))) == ("en", "2 May 2026")


def test_a_part_knows_what_it_is_given_and_is_written_once() -> None:
    forget()
    made = pages(
        page="{{ kept_part('part', one=one, currency='BRL') }}",
        part="{{ one|amount(currency) }} {{ other }}|",
    )
    page = made.get_template("page")

    first = page.render(one=Decimal(1), other="not told")
    assert first == "1.00 |"
    made.loader.mapping["part"] = "another"  # type: ignore[union-attr]  # it is a DictLoader
    assert page.render(one=Decimal(1)) == first
    assert page.render(one=Decimal(2)) == "another"
    with translation.override("pt-br"):
        assert page.render(one=Decimal(1)) == "another"
    forget()
    assert page.render(one=Decimal(1)) == "another"
