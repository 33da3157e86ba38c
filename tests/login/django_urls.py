"""The URLs of the Django sites."""

from django.urls import path

from . import django_site

urlpatterns = [
    path("login", django_site.login),
    path("split", django_site.split),
    path("callback", django_site.callback),
    path("failing", django_site.failing),
    path("account", django_site.account),
    path("async/login", django_site.alogin),
    path("async/split", django_site.asplit),
    path("async/callback", django_site.acallback),
    path("async/failing", django_site.afailing),
    path("async/account", django_site.aaccount),
]
