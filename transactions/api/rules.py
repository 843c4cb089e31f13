"""The API of rules that propose categories and vendors."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.api import DELETED
from buffet.rest import fields
from buffet.rest.responses import Response
from buffet.rest.shaping import Shape
from buffet.rest.times import instant
from buffet.rest.views import BookView
from buffet.serializers import page_of
from transactions import rule_serializers as serializers
from transactions import services
from transactions.api import expanding
from transactions.models import Direction, Rule
from transactions.services.rules import MOST_RULES

#: What a rule may have, beside its name.
CONDITIONS_AND_EFFECTS = {
    "is_active": fields.flag,
    "contains": fields.cleared(fields.text(200)),
    "regex": fields.cleared(fields.text(200)),
    "amount_min": fields.optional(fields.amount),
    "amount_max": fields.optional(fields.amount),
    "account": fields.optional(fields.identity),
    "direction": fields.one_of(*map(str, Direction.values)),
    "category": fields.optional(fields.identity),
    "vendor": fields.optional(fields.identity),
}
_RULE = {"name": fields.text(100, least=1), **CONDITIONS_AND_EFFECTS}
#: All rules of a book.
RULES = page_of(serializers.RuleRead)
_REFERENCES = ("account", "category", "vendor")


def inside(found: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a rule as the services take them."""
    return {f"{name}_id" if name in _REFERENCES else name: one for name, one in found.items()}


def rule_ids(value: object) -> list[UUID]:
    """Read the ids of rules."""
    if not isinstance(value, list) or len(value) > MOST_RULES:
        raise fields.Malformed(f"This is a list of at most {MOST_RULES} ids.")
    return [fields.identity(one) for one in value]


class RulesView(BookView):
    """The book's rules."""

    shape = Shape(
        serializers.RuleRead,
        {
            "account": expanding.accounts,
            "category": expanding.categories,
            "vendor": expanding.vendors,
        },
    )

    @extend_schema(
        operation_id="rules_list",
        summary="List rules",
        responses=RULES,
    )
    def get(self, request: Request) -> Response:
        """Answer with all rules, in their order."""
        return Response(_listed(self.book_id))

    @extend_schema(
        operation_id="rules_create",
        summary="Add a rule",
        request=serializers.RuleCreate,
        responses={201: serializers.RuleRead},
    )
    def post(self, request: Request) -> Response:
        """Add a rule behind the others."""
        sent = inside(fields.read(request.data, _RULE, required=("name",)))
        made = services.create_rule(book=self.book, by=self.actor, **sent)
        return Response(rule_row(made), status=201)


class RuleView(BookView):
    """One rule."""

    row = Rule
    shape = RulesView.shape

    @extend_schema(operation_id="rules_read", summary="Read a rule", responses=serializers.RuleRead)
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the rule."""
        return Response(rule_row(services.get_rule(self.book, id)))

    @extend_schema(
        operation_id="rules_change",
        summary="Change a rule",
        request=serializers.RuleChange,
        responses=serializers.RuleRead,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change what was sent; what the rule gave before stays."""
        services.get_rule(self.book, id)
        sent = inside(fields.read(request.data, _RULE))
        changed = services.change_rule(book=self.book, by=self.actor, rule_id=id, **sent)
        return Response(rule_row(changed))

    @extend_schema(operation_id="rules_delete", summary="Delete a rule", responses=DELETED)
    def delete(self, request: Request, id: UUID) -> Response:
        """Delete a rule; what it gave stays."""
        services.delete_rule(book=self.book, by=self.actor, rule_id=id)
        return Response(status=204)


class RulesOrderView(BookView):
    """The order of the rules."""

    @extend_schema(
        operation_id="rules_order",
        summary="Put the rules in order",
        request=serializers.RuleOrder,
        responses=RULES,
    )
    def post(self, request: Request) -> Response:
        """Put all rules of the book in this order."""
        sent = fields.read(request.data, {"rules": rule_ids}, required=("rules",))
        services.order_rules(book=self.book, by=self.actor, rule_ids=sent["rules"])
        return Response(_listed(self.book_id))


def _listed(book_id: UUID) -> dict[str, Any]:
    """Return all rules of a book: there are never more than one page has."""
    rows = Rule.objects.filter(book_id=book_id).select_related("account", "category", "vendor")
    results = [rule_row(row) for row in rows.order_by("position", "id")]
    return {"results": results, "next": None, "previous": None}


def plain(amount: Decimal | None) -> str | None:
    """Return an amount that has no currency."""
    return None if amount is None else f"{amount.normalize():f}"


def rule_row(row: Rule) -> dict[str, Any]:
    """Return a rule as the API shows it."""
    return {
        "id": row.id,
        "name": row.name,
        "position": row.position,
        "is_active": row.is_active,
        "contains": row.contains,
        "regex": row.regex,
        "amount_min": plain(row.amount_min),
        "amount_max": plain(row.amount_max),
        "account": row.account_id,
        "account_name": row.account.name if row.account else None,
        "direction": row.direction,
        "category": row.category_id,
        "category_name": row.category.name if row.category else None,
        "vendor": row.vendor_id,
        "vendor_name": row.vendor.name if row.vendor else None,
        "version": row.version,
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
    }
