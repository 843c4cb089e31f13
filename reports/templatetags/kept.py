"""Parts of a page that stay as they are while the rest of it changes."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from buffet.remembering import Kept
from reports.queries.portfolio import Past

register = template.Library()
#: The rows of so many pasts, addresses and languages: some 15 kB each.
_MONTHS: Kept[SafeString] = Kept(256)


@register.simple_tag(takes_context=True)
def past_months(context: Any, past: Past, currency: str) -> SafeString:
    """Return the rows of the months before the report's, the latest first."""
    request = context["request"]
    key = past, currency, get_language(), request.GET.urlencode()
    said = {"months": past.months[::-1], "currency": currency}
    return _MONTHS.get(key, lambda: render_to_string("reports/content/months.html", said, request))
