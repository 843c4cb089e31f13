"""The API's addresses of the chart of accounts."""

from django.urls import path

from accounts import api, rate_api

urlpatterns = [
    path("brokers", api.BrokersView.as_view()),
    path("brokers/<uuid:id>", api.BrokerView.as_view()),
    path("categories", api.CategoriesView.as_view()),
    path("exchange-rates/convert", rate_api.ConversionView.as_view()),
]
