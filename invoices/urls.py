"""The API's addresses of cards and their statements."""

from django.urls import path

from invoices.api import cards, installments, invoices

urlpatterns = [
    path("credit-cards", cards.CreditCardsView.as_view()),
    path("credit-cards/<uuid:id>", cards.CreditCardView.as_view()),
    path("credit-cards/<uuid:id>/archive", cards.CreditCardArchiveView.as_view()),
    path("credit-cards/<uuid:id>/reopen", cards.CreditCardReopenView.as_view()),
    path("installment-plans", installments.InstallmentPlansView.as_view()),
    path("installment-plans/committed", installments.CommittedView.as_view()),
    path("installment-plans/<uuid:id>", installments.InstallmentPlanView.as_view()),
    path("installment-plans/<uuid:id>/prepay", installments.InstallmentPlanPrepayView.as_view()),
    path("installment-plans/<uuid:id>/cancel", installments.InstallmentPlanCancelView.as_view()),
    path("invoices", invoices.InvoicesView.as_view()),
    path("invoices/<uuid:id>", invoices.InvoiceView.as_view()),
    path("invoices/<uuid:id>/lines", invoices.InvoiceLinesView.as_view()),
    path("invoices/<uuid:id>/lines/<uuid:line>", invoices.InvoiceLineView.as_view()),
    path("invoices/<uuid:id>/pay", invoices.InvoicePayView.as_view()),
    path("invoices/<uuid:id>/allocations", invoices.InvoiceAllocationsView.as_view()),
    path("invoices/<uuid:id>/allocations/<uuid:payment>", invoices.InvoiceAllocationView.as_view()),
]
