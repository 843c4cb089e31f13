"""Parts of a page that stay as they are while the rest of it changes."""

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from buffet.remembering import Kept
from reports.content import rendered
from reports.queries.portfolio import Past
from reports.reader import language

#: The rows of so many pasts, addresses and languages: some 15 kB each.
_MONTHS: Kept[Markup] = Kept(256)


@pass_context
def past_months(context: Context, past: Past, currency: str) -> Markup:
    """Return the rows of the months before the report's, the latest first."""
    request = context["request"]
    key = past, currency, language(), request.GET.urlencode()
    said = {"months": past.months[::-1], "currency": currency}
    return _MONTHS.get(key, lambda: rendered("reports/content/months.html", said, request))
