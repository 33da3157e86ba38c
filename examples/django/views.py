"""The views. Django's CsrfViewMiddleware protects the two that accept a POST."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from oauthone.login.django import OAuth


def token_of_visitor(provider, request):
    return request.session.get("token")


oauth = OAuth(fetch_token=token_of_visitor)
box = oauth.register("box")


@require_safe
@never_cache
def start(request):
    return redirect("account") if "token" in request.session else render(request, "start.html")


@require_POST
def login(request):
    return box.authorize_redirect(request, request.build_absolute_uri(reverse("callback")))


@require_safe
@never_cache
def callback(request):
    token = box.authorize_access_token(request)
    request.session.cycle_key()  # a new key, so that an attacker cannot have planted it
    request.session["token"] = token
    return redirect("account")


@require_safe
@never_cache
def account(request):
    if "token" not in request.session:
        return redirect("start")
    answer = box.get("echo", request=request, timeout=10)
    if answer.status_code == 401:  # the person revoked access at the provider
        return forget(request)
    answer.raise_for_status()
    return render(request, "account.html", {"user": answer.json()["user"]})


@require_POST
def logout(request):
    return forget(request)


def forget(request):
    request.session.flush()
    return redirect("start")
