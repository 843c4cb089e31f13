"""The API's addresses of the reports."""

from django.urls import path

from reports import api, calendars

urlpatterns = [
    path("reports/accounts/portfolio-overview", api.PortfolioOverviewView.as_view()),
    path("reports/forecast", api.ForecastView.as_view()),
    path("calendar-links", calendars.CalendarLinksView.as_view()),
    path("calendar-links/<uuid:id>", calendars.CalendarLinkView.as_view()),
]
