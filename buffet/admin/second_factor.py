"""The page where staff enrol an app, prove themselves with its codes, and get recovery codes."""

import base64
from io import BytesIO
from typing import Any

import segno
from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminTextInputWidget

from buffet import sign_ins
from buffet.errors import Refusal
from buffet.models import User
from buffet.services import second_factor as factors
from buffet.staff_door import has_proved, let_in
from buffet.staff_models import Outcome, SecondFactor


class Code(forms.Form):
    """Six digits of an app, or a recovery code."""

    code = forms.CharField(
        max_length=30,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autofocus": True, "autocomplete": "one-time-code", "inputmode": "text"}
        ),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Enrol, prove oneself, or look after one's recovery codes."""
    user = request.user
    if not user.is_authenticated or not user.is_staff:
        return HttpResponseRedirect(reverse("admin:login"))
    factor = factors.enrolled(user.pk)
    if factor is not None and has_proved(request):
        return _kept(request, factor)
    form = Code(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            if factor is None:
                return _enrol(request, user, form.cleaned_data["code"])
            return _prove(request, user, form.cleaned_data["code"])
        except Refusal as refusal:
            sign_ins.note_form(Outcome.WRONG_CODE, request, user.pk)
            form.add_error("code", refusal.detail)
    context: dict[str, Any] = {"form": form, "is_new": factor is None}
    if factor is None:
        context |= _drawn(factors.enrolment(user=user))
    return _page(request, context, 400 if form.is_bound else 200)


def _drawn(enrolment: factors.Enrolment) -> dict[str, str]:
    """Return the QR code as an image that stands in the page, and the secret to type."""
    picture = BytesIO()
    segno.make(enrolment.address, error="m").save(picture, kind="svg", scale=4, border=4)
    encoded = base64.b64encode(picture.getvalue()).decode()
    in_fours = " ".join(enrolment.secret[at : at + 4] for at in range(0, len(enrolment.secret), 4))
    return {"picture": f"data:image/svg+xml;base64,{encoded}", "secret": in_fours}


def _enrol(request: HttpRequest, user: User, code: str) -> HttpResponse:
    codes = factors.confirm(user_id=user.pk, code=code, now=timezone.now())
    _enter(request, user, Outcome.CODE)
    return _page(request, {"codes": codes})


def _prove(request: HttpRequest, user: User, code: str) -> HttpResponse:
    outcome = factors.prove(user_id=user.pk, code=code, now=timezone.now())
    _enter(request, user, outcome)
    return HttpResponseRedirect(_next(request))


def _enter(request: HttpRequest, user: User, outcome: Outcome) -> None:
    sign_ins.note_form(outcome, request, user.pk)
    let_in(request, timezone.now())


def _kept(request: HttpRequest, factor: SecondFactor) -> HttpResponse:
    """Say how many recovery codes are left, and make new ones when that is sent."""
    if request.method == "POST":
        return _page(request, {"codes": factors.new_recovery_codes(user_id=factor.user_id)})
    return _page(request, {"left": factor.codes.filter(used_at=None).count(), "factor": factor})


def _next(request: HttpRequest) -> str:
    address = request.GET.get("next", "")
    is_ours = address.startswith("/admin/") and url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else reverse("admin:index")


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    site = admin.site.each_context(request)
    own = {"title": "Second factor", "next": _next(request), **context}
    return render(request, "admin/house/second_factor.html", {**site, **own}, status=status)
