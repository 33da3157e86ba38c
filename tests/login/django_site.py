"""The pages of the Django sites. Django has one set of settings for the process, so the current site is a variable."""

from typing import Any

import django
from django.conf import settings

from .sites import SECRET, told

current: Any = None


def set_up(site: Any) -> None:
    """Make ``site`` the current site."""
    global current
    current = site
    configure()


def configure() -> None:
    """Set Django's settings, once for the process."""
    if not settings.configured:
        settings.configure(
            SECRET_KEY=SECRET,
            ALLOWED_HOSTS=["*"],
            ROOT_URLCONF=f"{__package__}.django_urls",
            MIDDLEWARE=[
                "django.contrib.sessions.middleware.SessionMiddleware",
                f"{__name__}.ErrorPages",
            ],
            LOGGING_CONFIG=None,
            CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        )
        django.setup()


class ErrorPages:
    """Shows a page for each error of a login."""

    async_capable = sync_capable = True

    def __new__(cls, get_response: Any) -> Any:
        from django.utils.deprecation import MiddlewareMixin

        class _ErrorPages(MiddlewareMixin):
            def process_exception(self, request: Any, exception: Exception) -> Any:
                from django.http import JsonResponse

                from oauthone.errors import OAuth1Error

                return JsonResponse(told(exception), status=400) if isinstance(exception, OAuth1Error) else None

        return _ErrorPages(get_response)


def login(request: Any) -> Any:
    return current.app.authorize_redirect(request, request.GET["to"])


def split(request: Any) -> Any:
    from django.http import HttpResponseRedirect

    begun = current.app.create_authorization_url(request.GET["to"], scope="read")
    current.app.save_authorize_data(request, redirect_uri=request.GET["to"], **begun)
    return HttpResponseRedirect(begun["url"])


def callback(request: Any) -> Any:
    from django.http import JsonResponse

    return JsonResponse(current.app.authorize_access_token(request))


def failing(request: Any) -> Any:
    current.app.authorize_access_token(request)
    raise RuntimeError("the view fails")


def account(request: Any) -> Any:
    from django.http import JsonResponse

    return JsonResponse(current.app.get(request.GET["path"], request=request).json())


async def alogin(request: Any) -> Any:
    return await current.app.aauthorize_redirect(request, request.GET["to"])


async def asplit(request: Any) -> Any:
    from django.http import HttpResponseRedirect

    begun = await current.app.acreate_authorization_url(request.GET["to"], scope="read")
    await current.app.asave_authorize_data(request, redirect_uri=request.GET["to"], **begun)
    return HttpResponseRedirect(begun["url"])


async def acallback(request: Any) -> Any:
    from django.http import JsonResponse

    return JsonResponse(await current.app.aauthorize_access_token(request))


async def afailing(request: Any) -> Any:
    await current.app.aauthorize_access_token(request)
    raise RuntimeError("the view fails")


async def aaccount(request: Any) -> Any:
    from django.http import JsonResponse

    return JsonResponse((await current.app.aget(request.GET["path"], request=request)).json())
