"""Parts of the readers' pages that stand on those of staff, too."""

from typing import Any

from django import template
from markupsafe import Markup

from reports.content import rendered

register = template.Library()


@register.simple_tag(takes_context=True)
def part(context: template.RequestContext, name: str, **said: Any) -> Markup:
    """Return a part, which is told what the page knows, and more."""
    known = {str(key): value for key, value in context.flatten().items()}
    return rendered(name, known | said, context.request)
