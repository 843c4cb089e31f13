"""The addresses of the pages."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from reports import views
from reports.forms import SignIn

urlpatterns = [
    path("", views.overview, name="overview"),
    path("accounts", views.account_list, name="accounts"),
    path("accounts/<uuid:id>", views.account, name="account"),
    path("transactions/<uuid:id>", views.transaction, name="transaction"),
    path("scheme", views.scheme, name="scheme"),
    path(
        "sign-in",
        LoginView.as_view(
            template_name="reports/sign_in.html",
            authentication_form=SignIn,
            redirect_authenticated_user=True,
        ),
        name="sign-in",
    ),
    path("sign-out", LogoutView.as_view(), name="sign-out"),
]
