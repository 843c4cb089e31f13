"""Parts of a page that stay as they are while the rest of it changes."""

from typing import Any

from jinja2 import Environment, pass_context, pass_environment
from jinja2.runtime import Context
from markupsafe import Markup

from buffet.remembering import Kept
from reports.asking import Asked
from reports.content import rendered
from reports.flows.links import accounts_url
from reports.queries.portfolio_past import Past
from reports.reader import language
from transactions.queries.months import Closings

#: The rows of so many pasts, addresses and languages: some 15 kB each.
_MONTHS: Kept[Markup] = Kept(256)
#: Rows of tables, up to so many bytes of them.
_PARTS: Kept[Markup] = Kept(8 * 2**20, len)


@pass_environment
def kept_part(environment: Environment, template: str, **said: Any) -> Markup:
    """Return a part that says what it is given, and knows nothing else.

    Most rows of a table are what they were before somebody recorded something.
    """

    def made() -> Markup:
        return Markup(environment.get_template(template).render(said))

    return _PARTS.get((template, language(), *said.values()), made)


@pass_context
def past_months(context: Context, past: Past, asked: Asked, closed: Closings) -> Markup:
    """Return the rows of the months before the report's, the latest first."""
    request = context["request"]
    key = past, asked.currency, language(), request.GET.urlencode(), frozenset(closed.closed)
    said = {"months": past.months[::-1], "held": accounts_url(asked)}
    said |= {"asked": asked, "closed": closed}
    return _MONTHS.get(key, lambda: rendered("reports/content/months.html", said, request))
