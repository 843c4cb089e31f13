"""The pages' templates: Jinja2, which compiles them, with the words and figures of the reader.

A page has hundreds of figures with links. Django's own templates, which the admin keeps, walk over
each of their nodes anew: they were two thirds of what a page cost.
"""

from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.template import defaultfilters, defaulttags
from django.templatetags.static import static
from django.templatetags.tz import do_timezone, utc
from django.urls import reverse
from django.utils import translation
from django.utils.formats import localize
from jinja2 import ChainableUndefined, Environment, Template, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from reports.reader import language, reading, word
from reports.templatetags import drawing, figures, importing, kept, periods, words

#: What is written in the reader's format wherever it stands, as Django's templates do.
_LOCAL = frozenset((int, Decimal, float, date, datetime, time))


class _Nothing(ChainableUndefined):
    """What is not there: nothing, and so is all of it, as in Django's templates."""

    # That of Jinja2 raises.
    def __call__(self, *args: Any, **kwargs: Any) -> "_Nothing":  # type: ignore[override]
        return self


class _Written(Template):
    """A template that looks for the reader's language once."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        with reading():
            return super().render(*args, **kwargs)


def environment(**options: Any) -> Environment:
    """Return the environment of the pages' templates, as settings name it."""
    made = Environment(
        **options
        | {
            "extensions": ("jinja2.ext.i18n",),
            "undefined": _Nothing,
            "finalize": _written,
        }
    )
    made.template_class = _Written
    for library in (figures, drawing, periods, words, importing):
        made.filters.update(library.register.filters)
    made.filters.update(
        capfirst=defaultfilters.capfirst,
        date=defaultfilters.date,
        linebreaksbr=_lines,
        stringformat=defaultfilters.stringformat,
        time=defaultfilters.time,
        timezone=do_timezone,
        urlencode=defaultfilters.urlencode,
        utc=utc,
    )
    made.globals.update(
        get_language=language,
        grid=drawing.grid,
        kept_part=kept.kept_part,
        month_marks=drawing.months,
        past_months=kept.past_months,
        querystring=_querystring,
        recorded=importing.recorded,
        spots=drawing.spots,
        static=static,
        url=_address,
    )
    made.newstyle_gettext = True  # type: ignore[attr-defined]  # set by the extension
    made.globals.update(
        _=_said,
        gettext=_said,
        ngettext=_counted,
        pgettext=_said_in,
        npgettext=_counted_in,
    )
    return made


def _written(value: Any) -> Any:
    """Return what stands on the page for a value."""
    return _localized(value, language()) if type(value) in _LOCAL else value


@lru_cache(maxsize=4096, typed=True)
def _localized(value: Any, language: str) -> str:
    return localize(value)


def _lines(text: str) -> Markup:
    return Markup(defaultfilters.linebreaksbr(text, autoescape=True))


@lru_cache(maxsize=4096)
def _address(name: str, *args: Any) -> str:
    return reverse(name, args=args)


@pass_context
def _querystring(context: Context, **changes: Any) -> str:
    # Of a context of Django it asks for nothing but the request.
    own = SimpleNamespace(request=context["request"])
    return defaulttags.querystring(own, **changes)  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def _alone(text: str, language: str) -> Markup:
    return _filled(word(text), {})


def _filled(text: str, values: dict[str, Any]) -> Markup:
    """Return a translated text with what it names, which is escaped; the text itself is ours."""
    if not values:
        return Markup(text.replace("%%", "%"))
    return Markup(text) % {name: _written(value) for name, value in values.items()}


def _said(text: str, **values: Any) -> Markup:
    return _filled(word(text), values) if values else _alone(text, language())


def _counted(one: str, many: str, number: int, **values: Any) -> Markup:
    return _filled(translation.ngettext(one, many, number), values)


def _said_in(context: str, text: str, **values: Any) -> Markup:
    return _filled(translation.pgettext(context, text), values)


def _counted_in(context: str, one: str, many: str, number: int, **values: Any) -> Markup:
    return _filled(translation.npgettext(context, one, many, number), values)
