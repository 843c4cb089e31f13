"""The addresses in the admin that show what reports know."""

from django.urls import path

from reports.staff import coming

urlpatterns = [
    path("coming/<uuid:id>", coming, name="staff-coming"),
    path("coming/<uuid:id>/<month:month>", coming, name="staff-coming-in"),
]
