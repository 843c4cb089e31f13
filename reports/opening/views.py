"""The page on which an account is opened."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts.models import REAL_KINDS
from buffet.errors import Refusal
from buffet.rest import query
from reports.book_page import book_form, read
from reports.opening.forms import NewRealAccount
from reports.requests import PageRequest


@book_form
def new_account(request: PageRequest) -> HttpResponseBase:
    """Which account is to be opened?"""
    sent = read(request, {"kind": query.one_of(*sorted(REAL_KINDS))})
    form = NewRealAccount(
        request,
        {name: sent[name] for name in ("kind",) if name in sent},
        sent=request.POST if request.method == "POST" else None,
    )
    if form.is_bound and form.is_valid():
        try:
            where = f"{reverse('account', args=(form.open_once(),))}{request.along}"
            return HttpResponse(status=303, headers={"Location": where})
        except Refusal as refusal:
            form.refuse(refusal)
    may_write = request.may_write and request.known_on is None
    status = 400 if form.is_bound else 200
    context = {"form": form, "may_write": may_write}
    return render(request, "reports/opening/new.html", context, status=status)
