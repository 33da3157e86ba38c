"""The page for a login that failed."""

import logging

import requests
from django.shortcuts import redirect, render
from django.utils.deprecation import MiddlewareMixin

from oauthone.errors import AccessDenied, LoginError, OAuthError, StoreError

log = logging.getLogger(__name__)


class LoginErrors(MiddlewareMixin):
    def process_response(self, request, response):
        if response.status_code == 405:  # somebody typed or reloaded the address of a button
            return redirect("start")
        return response

    def process_exception(self, request, error):
        if isinstance(error, AccessDenied):
            return failed(request, "You are not logged in", "You denied access at Box, and that is fine.", 200)
        # Most often a reload of the callback: a visitor who is logged in already stays so.
        if isinstance(error, LoginError) and "token" in getattr(request, "session", {}):
            return redirect("account")
        if isinstance(error, OAuthError):
            log.warning("a login failed: %s", error)
            why = "It took too long, was used before, or started in another browser."
            return failed(request, "The login failed", why, 400)
        if isinstance(error, StoreError | requests.RequestException):
            log.error("logins are unavailable: %s", error)
            return failed(request, "Box does not respond", "Please try again in a minute.", 503)
        return None


def failed(request, title, why, status):
    return render(request, "failed.html", {"title": title, "why": why}, status=status)
