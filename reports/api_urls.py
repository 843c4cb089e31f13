"""The API's addresses of the reports."""

from django.urls import path

from reports import api

urlpatterns = [path("reports/accounts/portfolio-overview", api.PortfolioOverviewView.as_view())]
