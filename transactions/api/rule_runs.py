"""The API of what rules would change, and of what they changed."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from buffet import money
from buffet.errors import Refusal, invalid
from buffet.rest import fields
from buffet.rest.documents import PAGING
from buffet.rest.named import id_page
from buffet.rest.pagination import PARAMETERS
from buffet.rest.responses import Response
from buffet.rest.times import instant
from buffet.rest.views import BookView
from buffet.serializers import page_of
from transactions import rule_serializers as serializers
from transactions import services
from transactions.api.rules import CONDITIONS_AND_EFFECTS, inside, rule_ids
from transactions.models import RuleRun
from transactions.services.trying import Difference, Trial

#: How many rows an answer shows, and how many days are tried when none are said.
SHOWN, DAYS = 500, timedelta(days=365)


def _draft(value: object) -> dict[str, Any]:
    return inside(fields.read(value, CONDITIONS_AND_EFFECTS))


_APPLY = {
    "rules": rule_ids,
    "date_from": fields.day,
    "date_to": fields.day,
    "only_uncategorized": fields.flag,
}


def _days(sent: dict[str, Any], today: date) -> tuple[date, date]:
    """Return the first and the last day that were sent, or the last year up to today.

    :raises Invalid: if the last is before the first.
    """
    last = sent.get("date_to", today)
    first = sent.get("date_from", last - DAYS)
    if last < first:
        raise invalid("/date_to", "wrong_order", "The last day lies before the first.")
    return first, last


def _wanted(sent: dict[str, Any]) -> dict[str, Any]:
    return {
        "rule_ids": sent.get("rules", []),
        "only_uncategorized": sent.get("only_uncategorized", True),
    }


class RulesTryView(BookView):
    """What rules would change."""

    # It changes nothing, however often it is sent.
    keeps_answers = False

    @extend_schema(
        operation_id="rules_try",
        summary="Try rules on what is recorded",
        request=serializers.RuleTrialCreate,
        responses=serializers.RuleTrialRead,
    )
    def post(self, request: Request) -> Response:
        """Answer what would change; nothing does."""
        sent = fields.read(request.data, {**_APPLY, "rule": _draft})
        if "rule" in sent and "rules" in sent:
            sentence = "Either one rule that is only tried, or some of the book's."
            raise invalid("/rules", "not_with_rule", sentence)
        first, last = _days(sent, self.today)
        trial = services.try_rules(
            book=self.book, draft=sent.get("rule"), first=first, last=last, **_wanted(sent)
        )
        return Response(
            {
                "counts": _counts(trial),
                "more": trial.more,
                "results": [_difference(one) for one in trial.differences[:SHOWN]],
            }
        )


class RulesApplyView(BookView):
    """Rules carried out on what is recorded."""

    @extend_schema(
        operation_id="rules_apply",
        summary="Apply rules to what is recorded",
        request=serializers.RuleApply,
        responses={201: serializers.RuleAppliedRead},
    )
    def post(self, request: Request) -> Response:
        """Change what trying says; the run can be taken back."""
        sent = fields.read(request.data, _APPLY, required=("date_from", "date_to"))
        first, last = _days(sent, self.today)
        run, trial = services.apply_rules(
            book=self.book, by=self.actor, first=first, last=last, **_wanted(sent)
        )
        refused = ((one.found.id, one.refusal) for one in trial.refused if one.refusal)
        answer = {"counts": _counts(trial), "more": trial.more, "refused": _refusals(refused)}
        return Response(run_row(run) | answer, status=201)


class RuleRunsView(BookView):
    """The book's runs, newest first."""

    parameters = {"get": PARAMETERS}

    @extend_schema(
        operation_id="rule_runs_list",
        summary="List runs of rules",
        parameters=PAGING,
        responses=page_of(serializers.RuleRunRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of runs, the newest first."""
        rows = RuleRun.objects.filter(book_id=self.book_id)
        return Response(id_page(request, self.query, rows, run_row))


class RuleRunUndoView(BookView):
    """A run taken back."""

    @extend_schema(
        operation_id="rule_runs_undo",
        summary="Take a run of rules back",
        request=None,
        responses=serializers.RuleUndoneRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Put back what was there before, where nothing changed since; name what stays."""
        run, left = services.undo_run(book=self.book, by=self.actor, run_id=id, now=timezone.now())
        answer = {"left_count": len(left), "left": _refusals(left.items())}
        return Response(run_row(run) | answer)


def _counts(trial: Trial) -> dict[str, int]:
    refused = len(trial.refused)
    return {
        "looked_at": trial.looked_at,
        "changed": len(trial.differences) - refused,
        "kept": trial.kept,
        "refused": refused,
    }


def _refusals(found: Iterable[tuple[UUID, Refusal]]) -> list[dict[str, Any]]:
    rows = [{"transaction": id, "code": one.why, "detail": one.detail} for id, one in found]
    return rows[:SHOWN]


def _difference(one: Difference) -> dict[str, Any]:
    found = one.found
    return {
        "transaction": found.id,
        "date": found.date,
        "description": found.description,
        "account": found.account_id,
        "amount": money.text(found.amount, found.currency),
        "currency": found.currency,
        "category": found.category_id if found.category_name else None,
        "proposed_category": one.category_id,
        "category_reason": one.category_reason,
        "vendor": found.vendor_id,
        "proposed_vendor": one.vendor_id,
        "vendor_reason": one.vendor_reason,
        "refused": one.refusal.detail if one.refusal else None,
    }


def run_row(run: RuleRun) -> dict[str, Any]:
    """Return a run as the API shows it."""
    return {
        "id": run.id,
        "rules": run.rules,
        "date_from": run.date_from,
        "date_to": run.date_to,
        "changed": run.changed,
        "undone_at": instant(run.undone_at) if run.undone_at else None,
        "version": run.version,
        "created_at": instant(run.created_at),
        "updated_at": instant(run.updated_at),
    }
