"""Imports and runs of rules: matched again, and taken back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import action

from buffet.admin.base import HouseAdmin, actor, address_of
from buffet.admin.rehearsing import Figures
from buffet.admin.verbs import ask
from transactions import services
from transactions.models import Import, ImportLine, ImportStatus, RuleRun

#: How many lines of an import and how many changes by rules are taken back at once: the writers of
#: the book wait for no more.
PART, MOST_CHANGES = 1500, 250


def verdicts(started: Import) -> Figures:
    """Return how many lines of an import are what, and how many are recorded."""
    lines = ImportLine.objects.filter(of_import=started.pk).values_list("verdict")
    found = {
        f"Lines that are {verdict}": str(count)
        for verdict, count in lines.annotate(Count("pk")).order_by("verdict")
    }
    proposed = ImportLine.objects.filter(of_import=started.pk).exclude(proposed_verdict="")
    found["Lines with a proposal"] = str(proposed.count())
    status, done = Import.objects.values_list("status", "done").get(pk=started.pk)
    return found | {"Status": status, "Lines recorded": str(done)}


@admin.register(Import)
class ImportPage(HouseAdmin):
    """Bank files on their way in."""

    list_display = ("file_name", "account", "book", "status", "created_at", "created_via")
    list_select_related = ("account", "book")
    list_filter = ("status",)
    date_hierarchy = "created_at"
    search_fields = ("file_name", "account_number")
    readonly_fields = ("told",)
    actions_detail = ("match_again", "revert")

    @admin.display(description="Lines")
    def told(self, started: Import) -> str:
        """Return how many lines are what."""
        return ", ".join(f"{name}: {figure}" for name, figure in verdicts(started).items())

    def has_correct_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Matching is a change of the import."""
        return request.user.has_perm("transactions.change_import")

    def has_revert_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Reverting deletes transactions."""
        return request.user.has_perms(
            ["transactions.change_import", "transactions.delete_transaction"]
        )

    @action(description="Match again", permissions=["correct"], url_path="match-again")
    def match_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Look again at which lines the book already has."""
        told = "What people chose of its lines stays."
        return self._ask(request, object_id, "Match again", services.match_again, told)

    @action(description="Revert", permissions=["revert"], url_path="revert")
    def revert(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take back what it recorded."""
        told = "What it recorded goes; of a long file, a part at a time."
        revert = partial(services.revert, seconds=0, most=PART)
        return self._ask(request, object_id, "Revert", revert, told)

    def _ask(
        self,
        request: HttpRequest,
        object_id: str,
        verb: str,
        service: Callable[..., Import],
        told: str,
    ) -> HttpResponse:
        started = self.row(object_id, "book")

        def does(sent: dict[str, Any], table: Any) -> str | None:
            found = service(
                book=started.book,
                by=actor(request),
                import_id=started.pk,
                reason=sent["reason"],
            )
            return None if found.status == ImportStatus.REVERTING else address_of(started)

        return ask(
            request,
            title=f"{verb}: {started.file_name}",
            verb=verb,
            back=address_of(started),
            does=does,
            sentence=told,
            book=started.book,
            figures=lambda: verdicts(started),
            extent=lambda: verdicts(started),
            is_in_parts=service is not services.match_again,
        )


@admin.register(RuleRun)
class RuleRunPage(HouseAdmin):
    """Rules applied to what was recorded already."""

    list_display = ("rules", "book", "date_from", "date_to", "changed", "undone_at", "maker")
    list_select_related = ("book",)
    list_filter = (("undone_at", admin.EmptyFieldListFilter),)
    date_hierarchy = "created_at"
    search_fields = ("rules",)
    actions_detail = ("take_back",)

    def has_take_back_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Taking a run back changes transactions."""
        return request.user.has_perm("transactions.change_transaction")

    @action(description="Take back", permissions=["take_back"], url_path="take-back")
    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give back what was there before the rules."""
        run = self.row(object_id, "book")

        def does(sent: dict[str, Any], table: Any) -> str | None:
            found, _ = services.undo_run(
                book=run.book,
                by=actor(request),
                run_id=run.pk,
                now=timezone.now(),
                reason=sent["reason"],
                most=MOST_CHANGES,
            )
            return address_of(run) if found.undone_at else None

        return ask(
            request,
            title=f"Take back: {run}",
            verb="Take back",
            back=address_of(run),
            does=does,
            sentence="What somebody changed since stays as it is.",
            book=run.book,
            extent=lambda: {"Transactions that wait": f"{run.changes.filter(left='').count():,}"},
            is_in_parts=True,
        )
