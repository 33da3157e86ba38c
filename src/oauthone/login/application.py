"""A remote application: one provider as the registry knows it, and the steps of a login and of a request."""

from collections.abc import Callable, Generator, Mapping
from typing import Any, ClassVar, Protocol, TypedDict
from urllib.parse import urljoin

from oauthone.clients._dance import LOG
from oauthone.core.flow import authorization_url, callback_parameters, raise_if_denied
from oauthone.core.urls import origin
from oauthone.errors import AccessDenied, CallbackError, FlowError, SessionMissing, SigningError
from oauthone.login.hosts import are_strangers, host_name, host_of
from oauthone.login.pending import PendingLogin, PendingLogins, wrong_host
from oauthone.login.questions import FindToken, Question, UseClient
from oauthone.login.sealing import Seal


class ApplicationOptions(TypedDict, total=False):
    """What ``OAuth.register()`` takes for one provider.

    Attributes:
        client_id: the client's identifier.
        client_secret: its shared secret.
        request_token_url: the temporary credential request endpoint.
        request_token_params: options for the request to it, as ``fetch_request_token`` of the client takes them, such
            as ``{"params": {"scope": "read"}}``.
        access_token_url: the token request endpoint.
        access_token_params: options for the request to it.
        authorize_url: the resource owner authorization endpoint.
        authorize_params: further query parameters for it.
        api_base_url: what relative URLs of requests are relative to; ends with a slash.
        client_kwargs: arguments for the HTTP client's constructor, such as ``signature_method``.
        client_cls: the class of the HTTP client; or a subclass of the framework's application class.
        fetch_token: finds the token of whoever is in front of the application.
        callback_token_name: what the provider calls ``oauth_token`` when it sends the browser back.
    """

    client_id: str | None
    client_secret: str | None
    request_token_url: str | None
    request_token_params: Mapping[str, Any] | None
    access_token_url: str | None
    access_token_params: Mapping[str, Any] | None
    authorize_url: str | None
    authorize_params: Mapping[str, Any] | None
    api_base_url: str | None
    client_kwargs: Mapping[str, Any] | None
    client_cls: Any
    fetch_token: Callable[..., Any] | None
    callback_token_name: str


class Surroundings(Protocol):
    """What a remote application needs of its registry."""

    cache: Any
    pending: PendingLogins
    fetch_token: Callable[..., Any] | None

    def seal_for(self, request: Any) -> Seal | None:
        """What encrypts logins; None where a cache holds them."""
        ...


class RemoteApplication:
    """One provider. Each framework derives its own class, and its registry makes the instances.

    Args:
        registry: the registry.
        name: what the application calls the provider.
        options: see `ApplicationOptions`.

    Attributes:
        client_cls: the class of the HTTP client.
        OAUTH_APP_CONFIG: options that a subclass sets for itself.
    """

    client_cls: Any = None
    OAUTH_APP_CONFIG: ClassVar[Mapping[str, Any] | None] = None

    def __init__(self, registry: Surroundings, name: str, options: Mapping[str, Any]) -> None:
        self.name = name
        self.client_id: str = options["client_id"]
        self.client_secret: str | None = options.get("client_secret")
        self.request_token_url: str = options["request_token_url"]
        self.request_token_params: Mapping[str, Any] = options.get("request_token_params") or {}
        self.access_token_url: str | None = options.get("access_token_url")
        self.access_token_params: Mapping[str, Any] = options.get("access_token_params") or {}
        self.authorize_url: str | None = options.get("authorize_url")
        self.authorize_params: Mapping[str, Any] = options.get("authorize_params") or {}
        self.api_base_url: str | None = options.get("api_base_url")
        self.client_kwargs: Mapping[str, Any] = options.get("client_kwargs") or {}
        self.callback_token_name: str = options.get("callback_token_name") or "oauth_token"
        self._fetch_token: Callable[..., Any] | None = options.get("fetch_token")
        self._registry = registry
        if options.get("client_cls") is not None:
            self.client_cls = options["client_cls"]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"

    def steps_to_url(
        self, redirect_uri: str | None, parameters: Mapping[str, Any]
    ) -> Generator[Question, Any, dict[str, Any]]:
        """The first leg, and the address for the second."""
        authorize_url = self._needed("authorize_url")
        try:
            request_token: dict[str, Any] = yield self._use(
                "fetch_request_token",
                (self.request_token_url,),
                self.request_token_params,
                redirect_uri=redirect_uri,
            )
        except FlowError as refused:
            LOG.warning("a login with %r cannot begin: %s", self.name, refused)
            raise
        token = str(request_token["oauth_token"])
        url = authorization_url(authorize_url, token, {**self.authorize_params, **parameters})
        return {"url": url, "request_token": request_token, "state": token}

    def steps_to_keep(
        self, request: Any, request_token: Mapping[str, Any], redirect_uri: str | None, authority: str
    ) -> Generator[Question, Any, None]:
        """Let the login wait for its callback."""
        self._compare_hosts(host_name(authority), redirect_uri)
        yield from self._keep(request, request_token, host_name(authority))

    def steps_out(
        self, request: Any, redirect_uri: str | None, authority: str, parameters: Mapping[str, Any]
    ) -> Generator[Question, Any, str]:
        """A login, up to where the browser leaves; returns the address to send it to."""
        self._registry.seal_for(request)
        self._compare_hosts(host_name(authority), redirect_uri)
        begun = yield from self.steps_to_url(redirect_uri, parameters)
        yield from self._keep(request, begun["request_token"], host_name(authority))
        return str(begun["url"])

    def steps_back(
        self, request: Any, query: str, authority: str, options: Mapping[str, Any]
    ) -> Generator[Question, Any, dict[str, Any]]:
        """A login, from where the browser came back; returns the token."""
        pending = self._registry.pending
        found = callback_parameters(f"?{query}", self.callback_token_name)
        token = found.get("oauth_token")
        try:
            raise_if_denied(found)
        except AccessDenied:
            yield from pending.refuse(self.name, token or found.get("denied") or None, self._registry.cache is not None)
            raise
        if not token:
            raise CallbackError(
                "missing_token",
                f"the callback holds no {self.callback_token_name}: is it the address that the provider sent the "
                "browser to? Where a provider calls it otherwise, say callback_token_name=… to register()",
            )
        login = yield from pending.take(self.name, token, host_name(authority), self._registry.seal_for(request))
        return (yield from self._exchange(login, found.get("oauth_verifier"), options))

    def steps_to_answer(
        self,
        method: str,
        url: str,
        token: Mapping[str, Any] | None,
        who: tuple[Any, ...] | None,
        options: Mapping[str, Any],
    ) -> Generator[Question, Any, Any]:
        """A signed request; returns the HTTP library's response.

        Args:
            method: the request method.
            url: absolute, or relative to ``api_base_url``.
            token: the token to sign with; None asks ``fetch_token``.
            who: the arguments for ``fetch_token``; None where they are not known.
            options: what the HTTP library takes.
        """
        target = self._absolute(url)
        if token is None and who is not None:
            token = yield from self.steps_to_token(who)
        if token is None:
            raise FlowError(
                "missing_token",
                f"there is no token of {self.name!r} to sign with: pass token=…, or say fetch_token=… to OAuth() or "
                "register()" + (" and pass request=…" if who is None else ""),
            )
        return (
            yield self._use(
                "request",
                (method, target),
                options,
                token=token["oauth_token"],
                token_secret=token.get("oauth_token_secret") or "",
            )
        )

    def _keep(self, request: Any, request_token: Mapping[str, Any], host: str) -> Generator[Question, Any, None]:
        token, secret = str(request_token["oauth_token"]), str(request_token["oauth_token_secret"])
        login = PendingLogin(self.name, token, secret, host)
        yield from self._registry.pending.keep(login, self._registry.seal_for(request))

    def _exchange(
        self, login: PendingLogin, verifier: str | None, options: Mapping[str, Any]
    ) -> Generator[Question, Any, dict[str, Any]]:
        temporary = {"oauth_token": login.token, "oauth_token_secret": login.token_secret}
        try:
            issued: dict[str, Any] = yield self._use(
                "fetch_access_token",
                (self._needed("access_token_url"), verifier),
                {**self.access_token_params, **options, "request_token": temporary},
            )
        except FlowError as refused:
            LOG.warning("a login with %r cannot end: %s", self.name, refused)
            raise
        return issued

    def steps_to_token(self, who: tuple[Any, ...]) -> Generator[Question, Any, Mapping[str, Any] | None]:
        """The token that ``fetch_token`` finds, or None."""
        if self._fetch_token is not None:
            found: Mapping[str, Any] | None = yield FindToken(self._fetch_token, who)
            return found
        if self._registry.fetch_token is not None:
            found = yield FindToken(self._registry.fetch_token, (self.name, *who))
            return found
        return None

    def _use(self, method: str, arguments: tuple[Any, ...], options: Mapping[str, Any], **more: Any) -> UseClient:
        return UseClient(
            (self.client_id, self.client_secret), {**self.client_kwargs, **more}, method, arguments, options
        )

    def _needed(self, option: str) -> str:
        value: str | None = getattr(self, option)
        if not value:
            raise SigningError(f"{self.name!r} has no {option}: say it to register()")
        return value

    def _compare_hosts(self, host: str, redirect_uri: str | None) -> None:
        target = host_of(redirect_uri or "")
        if are_strangers(host, target):
            raise wrong_host(host, target)
        if host and target and host != target:
            LOG.warning(
                "a login with %r begins at the host %r and comes back to %r: the session's cookie has to cover both, "
                "or a proxy in front has to pass the Host header on",
                self.name,
                host,
                target,
            )

    def _absolute(self, url: str) -> str:
        if url.lower().startswith(("https://", "http://")):
            return url
        if not self.api_base_url:
            raise SigningError(f"{url!r} is relative, and {self.name!r} has no api_base_url: say it to register()")
        target = urljoin(self.api_base_url, url)
        if origin(target) != origin(self.api_base_url):
            raise SigningError(f"{url!r} leads away from api_base_url: give an absolute URL if that is meant")
        return target


def missing_session(what: str) -> SessionMissing:
    """The error for an application that has nowhere to keep a login."""
    return SessionMissing("session_missing", what)


def missing_secret(where: str) -> SessionMissing:
    """The error for an application without a secret to encrypt with."""
    return SessionMissing(
        "secret_missing",
        f"a login that waits in the session is encrypted, and there is no secret for that: {where}give one with "
        "OAuth(secret_key=…), or a cache with OAuth(cache=…)",
    )
