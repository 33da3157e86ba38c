"""The paths of the views."""

import views
from django.urls import path

urlpatterns = [
    path("", views.start, name="start"),
    path("login", views.login, name="login"),
    path("callback", views.callback, name="callback"),
    path("account", views.account, name="account"),
    path("logout", views.logout, name="logout"),
]
