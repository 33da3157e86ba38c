"""Django: its settings, its middleware and decorator, and requests whose body Django has read."""

import http.client
from io import BytesIO
from typing import Any

import pytest

from oauthone import Signer
from oauthone.server import Provider, Verifier

from .glue.scopes import TOLD, configure_django, new_store, sign_form, told
from .glue.surfaces import served, urls


@pytest.mark.parametrize("name", ["django-middleware", "django-middleware-async"])
@pytest.mark.parametrize(("path", "status"), [("/api/x", 401), ("/open", 500)])
def test_the_django_middleware_protects_the_paths_of_the_settings(name: str, path: str, status: int) -> None:
    """The view of these tests reads ``request.verified``, so it fails if nothing was verified."""
    import logging

    logging.getLogger("django.request").disabled = True
    with served(name, new_store(), {}, {"paths": ("/api/",)}) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", path)
        assert connection.getresponse().status == status
        connection.close()
    logging.getLogger("django.request").disabled = False


VERIFIER = Verifier(new_store())


def django_client(**overrides: Any) -> Any:
    """A client of a site with these settings. Its view reads ``request.verified`` of accepted requests."""
    from django.http import HttpResponse
    from django.test import Client

    configure_django()

    def view(request: Any) -> Any:
        return HttpResponse(str(hasattr(request, "verified")))

    middleware = ["oauthone.server.django.verifying_middleware"]
    return Client(), {"ROOT_URLCONF": urls(view), "MIDDLEWARE": middleware, "ALLOWED_HOSTS": ["*"], **overrides}


def django_statuses(*paths: str, **overrides: Any) -> list[int]:
    from django.test.utils import override_settings

    client, given = django_client(**overrides)
    with override_settings(**given):
        return [client.get(path, headers={"Authorization": "OAuth x"}).status_code for path in paths]


@pytest.mark.parametrize("protected", ["/api/", ["/api/"], ("/api/", "/more")])
def test_the_django_settings_accept_an_import_path_and_a_single_path(protected: Any) -> None:
    chosen = {"VERIFIER": f"{__name__}.VERIFIER", "PATHS": protected, "ON_REFUSAL": f"{told.__module__}.told"}
    TOLD.clear()
    assert django_statuses("/api/x", "/pages", "/ap", OAUTHONE=chosen) == [400, 200, 200]
    assert [error.status for error in TOLD] == [400]
    assert django_statuses("/api/x", "/pages", OAUTHONE={"VERIFIER": VERIFIER}) == [400, 400]


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({}, r"OAUTHONE = \{'VERIFIER': 'mysite\.signatures\.verifier'\}"),
        ({"OAUTHONE": {}}, r"OAUTHONE = \{'VERIFIER'"),
        (
            {"OAUTHONE": {"VERIFIER": VERIFIER, "PATH": "/", "explain": True}},
            r"the unknown key 'PATH', 'explain': use EXPLAIN, ",
        ),
        ({"OAUTHONE": {"verifier": VERIFIER}}, r"OAUTHONE has the unknown key 'verifier'"),
        ({"OAUTHONE": {"VERIFIER": "mysite.nowhere"}}, r"OAUTHONE\['VERIFIER'\] cannot be imported: .*mysite"),
        ({"OAUTHONE": {"VERIFIER": VERIFIER, "ON_REFUSAL": "json.nothing"}}, r"OAUTHONE\['ON_REFUSAL'\] cannot"),
        (
            {"OAUTHONE": {"VERIFIER": f"{told.__module__}.told"}},
            r"OAUTHONE\['VERIFIER'\] is an oauthone\.server\.Verifier",
        ),
    ],
)
def test_an_error_names_what_is_wrong_with_the_django_settings(overrides: dict[str, Any], words: str) -> None:
    from django.core.exceptions import ImproperlyConfigured

    with pytest.raises(ImproperlyConfigured, match=words):
        django_statuses("/", **overrides)


def reads_post_first(get_response: Any) -> Any:
    """A middleware like those that look for another HTTP method in a form."""

    def middleware(request: Any) -> Any:
        request.POST.get("_method")
        return get_response(request)

    return middleware


def test_a_body_that_django_has_parsed_is_a_rejection_and_not_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    """A form can be read again, a multipart body cannot."""
    from django.test.utils import override_settings

    client, given = django_client(OAUTHONE={"VERIFIER": Verifier(new_store())})
    given["MIDDLEWARE"] = [f"{__name__}.reads_post_first", *given["MIDDLEWARE"]]
    with override_settings(**given):
        assert client.post("/?oauth_body_hash=1", {"a": "1"}).status_code == 400
        assert "let no middleware before read request.POST" in caplog.text
        headers = sign_form("http://testserver/")
        kind = headers.pop("Content-Type")
        assert client.post("/", b"a=1", content_type=kind, headers=headers).status_code == 200


def endpoint_of_djangos(request: Any) -> Any:
    from django.http import HttpResponse

    from oauthone.server.django import incoming_request

    answer = Provider(new_store()).temporary_credentials(incoming_request(request))
    return HttpResponse(answer.body, status=answer.status)


def test_an_endpoint_responds_even_if_django_has_parsed_the_body(caplog: pytest.LogCaptureFixture) -> None:
    """A length that is not a number, and a multipart body that was already read."""
    from django.test import Client
    from django.test.utils import override_settings

    configure_django()
    middleware = [f"{__name__}.reads_post_first"]
    with override_settings(ROOT_URLCONF=urls(endpoint_of_djangos), MIDDLEWARE=middleware, ALLOWED_HOSTS=["*"]):
        assert Client().post("/", {"a": "1"}).status_code == 403  # over plain http nothing is granted
        assert "let no middleware before read request.POST" in caplog.text
    with override_settings(ROOT_URLCONF=urls(endpoint_of_djangos), MIDDLEWARE=[], ALLOWED_HOSTS=["*"]):
        kind = "application/x-www-form-urlencoded"
        for length in ("abc", "-1", "9" * 30):
            got = Client().post("/", b"a=1", content_type=kind, headers={"Content-Length": length})
            assert got.status_code in (400, 401, 403)


@pytest.mark.parametrize(
    ("charset", "query", "status"),
    [
        ("utf-8", "q=%C3%A9", 200),
        ("UTF-8", "q=%ff", 200),
        ("iso-8859-1", "q=a%20b", 200),
        ("iso-8859-1", "q=%C3%A9", 400),
        ("utf-7", "note=x+ACY-admin+AD0-true", 400),
        ("cp037", "note=x", 400),
        ("utf-16", "note=x", 400),
        ("idna", "note=x", 400),
    ],
)
def test_no_charset_changes_the_query_that_was_signed(charset: str, query: str, status: int) -> None:
    """Django decodes the query by the charset of the Content-Type, which is not signed."""
    from django.test.utils import override_settings

    client, given = django_client(OAUTHONE={"VERIFIER": Verifier(new_store())})
    url = f"http://testserver/?{query}"
    made = Signer("client", "secret", token="t", token_secret="ts").sign("GET", url).authorization
    with override_settings(**given):
        got = client.generic(
            "GET", f"/?{query}", b"x", f"text/plain; charset={charset}", headers={"Authorization": made}
        )
        assert got.status_code == status


def test_a_host_that_django_does_not_allow_is_a_400() -> None:
    from django.test.utils import override_settings

    client, given = django_client(OAUTHONE={"VERIFIER": Verifier(new_store())})
    with override_settings(**{**given, "ALLOWED_HOSTS": ["api.example"]}):
        for host, status in (("api.example", 200), ("testserver", 400), ("u@api.example", 400)):
            made = Signer("client", "secret", token="t", token_secret="ts").sign("GET", f"http://{host}/").authorization
            assert client.get("/", headers={"Authorization": made, "Host": host}).status_code == status


def test_a_body_that_django_cannot_read_is_a_400() -> None:
    """For example, because the client closes the connection in the middle of it."""
    from django.test import RequestFactory
    from django.test.utils import override_settings

    from oauthone.server.django import incoming_request

    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("connection reset")

    configure_django()
    request = RequestFactory().post("/", b"a=1", content_type="application/x-www-form-urlencoded")
    request._stream = Broken()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        assert "cannot be read to the end" in str(incoming_request(request).fault)


@pytest.mark.parametrize("forwarded", [{}, {"X-Forwarded-Proto": "https"}])
def test_behind_a_proxy_django_verifies_the_public_url(forwarded: dict[str, str]) -> None:
    """Django's setting would make it trust a header that a client can send."""
    from django.test.utils import override_settings

    signer = Signer("client", "secret", token="t", token_secret="ts")
    for public_url, status in (("https://api.example", 200), (None, 401)):
        signed = signer.sign("GET", "https://api.example/")
        client, given = django_client(
            SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
            OAUTHONE={"VERIFIER": Verifier(new_store(), public_url=public_url)},
        )
        with override_settings(**given):
            got = client.get("/", headers={"Authorization": signed.authorization, "Host": "api.example", **forwarded})
        assert got.status_code == status


@pytest.mark.parametrize("vary", [None, "", "Accept", "authorization", "Accept, Authorization", "*"])
@pytest.mark.parametrize("cache_control", [None, "", "public", "no-store"])
def test_a_private_response_has_the_headers_that_django_would_set(vary: str | None, cache_control: str | None) -> None:
    """Django's own functions are the judge."""
    from django.http import HttpResponse
    from django.utils.cache import patch_cache_control, patch_vary_headers

    from oauthone.server.django import _set_private_headers

    configure_django()
    given = {"Vary": vary, "Cache-Control": cache_control}
    ours, theirs = (HttpResponse(headers={k: v for k, v in given.items() if v is not None}) for _ in range(2))
    patch_vary_headers(theirs, ["Authorization"])
    if not theirs.has_header("Cache-Control"):
        patch_cache_control(theirs, private=True)
    assert dict(_set_private_headers(ours).items()) == dict(theirs.items())
