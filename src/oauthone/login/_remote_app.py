"""A remote application: one provider as the registry knows it, and the steps of a login and of a request."""

from collections.abc import Callable, Generator, Mapping
from typing import Any, ClassVar, Protocol
from urllib.parse import urljoin

from oauthone.clients._legs import LOG
from oauthone.core.flow import authorization_url, callback_parameters, raise_if_denied
from oauthone.core.rsa import RsaKey
from oauthone.core.urls import origin
from oauthone.errors import AccessDenied, CallbackError, ConfigurationError, FlowError
from oauthone.login._effects import FindToken, Question, UseClient
from oauthone.login._hosts import host_name, host_of, is_https
from oauthone.login._pending import PendingLogins
from oauthone.login._pending_entries import PendingLogin
from oauthone.login._session_cipher import SessionCipher
from oauthone.login._settings import SHOWN, ApplicationSettings


class RegistryProtocol(Protocol):
    """What a remote application needs of its registry."""

    cache: Any
    pending: PendingLogins
    fetch_token: Callable[..., Any] | None

    def cipher_for(self, request: Any) -> SessionCipher | None:
        """What encrypts logins; None where a cache holds them."""
        ...

    def settings_for(self, name: str) -> ApplicationSettings:
        """The options of the provider ``name`` as they hold in the application that is being served."""
        ...


class RemoteApplication:
    """One provider. Each framework derives its own class, and its registry makes the instances.

    The options, such as ``client_id``, are attributes. They are those of the application that is being served, where
    several share a registry.

    Args:
        registry: the registry.
        name: what the application calls the provider.

    Attributes:
        client_cls: the class of the HTTP client, where ``register()`` is given none.
        OAUTH_APP_CONFIG: options that a subclass sets for itself.
        takes_silent_deletes: a cache whose ``delete()`` returns None is taken. Then a callback that comes to two
            processes at once is stopped by the provider alone.
    """

    client_id: str
    client_secret: str | None
    request_token_url: str
    request_token_params: Mapping[str, Any]
    access_token_url: str | None
    access_token_params: Mapping[str, Any]
    authorize_url: str | None
    authorize_params: Mapping[str, Any]
    api_base_url: str | None
    client_kwargs: Mapping[str, Any]
    callback_token_name: str
    user_agent: str | None
    client_cls: Any = None
    OAUTH_APP_CONFIG: ClassVar[Mapping[str, Any] | None] = None
    takes_silent_deletes: ClassVar[bool] = False

    def __init__(self, registry: RegistryProtocol, name: str) -> None:
        self.name = name
        self._registry = registry

    @property
    def settings(self) -> ApplicationSettings:
        """The options that hold now."""
        return self._registry.settings_for(self.name)

    def __getattr__(self, name: str) -> Any:
        if name in SHOWN:
            return getattr(self.settings, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def missing_token(self, message: str) -> Exception:
        """The error for a request that there is no token to sign with."""
        return FlowError("missing_token", message)

    @staticmethod
    def prepare_client_kwargs(given: Mapping[str, Any]) -> dict[str, Any]:
        """What every client is made with: ``given``, with its ``rsa_key`` parsed.

        Raises:
            SigningError: the RSA key cannot be used.
        """
        key = given.get("rsa_key")
        return {**given} if key is None else {**given, "rsa_key": RsaKey(key)}

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
        yield from self._keep(request, request_token, redirect_uri, host_name(authority))

    def steps_out(
        self, request: Any, redirect_uri: str | None, authority: str, parameters: Mapping[str, Any]
    ) -> Generator[Question, Any, str]:
        """A login, up to where the browser leaves; returns the address to send it to."""
        self._registry.cipher_for(request)
        self._compare_hosts(host_name(authority), redirect_uri)
        begun = yield from self.steps_to_url(redirect_uri, parameters)
        yield from self._keep(request, begun["request_token"], redirect_uri, host_name(authority))
        return str(begun["url"])

    def steps_back(
        self, request: Any, address: str, authority: str, options: Mapping[str, Any]
    ) -> Generator[Question, Any, dict[str, Any]]:
        """A login, from where the browser came back; returns the token.

        Args:
            request: the framework's request.
            address: the address that the browser came back to, or ``?`` and its query.
            authority: the ``Host`` header of the request.
            options: options for the request to ``access_token_url``.
        """
        pending = self._registry.pending
        found = callback_parameters(address, self.callback_token_name)
        token = found.get("oauth_token")
        try:
            raise_if_denied(found)
        except AccessDenied:
            named = token or found.get("denied")
            if named:
                yield from pending.refuse(self.name, named, self._registry.cipher_for(request))
            raise
        if not token:
            raise CallbackError(
                "missing_token",
                f"the callback holds no {self.callback_token_name}: is it the address that the provider sent the "
                "browser to? If the provider uses another name for it, pass callback_token_name=… to register()",
            )
        login = yield from pending.take(self.name, token, host_name(authority), self._registry.cipher_for(request))
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
            raise self.missing_token(
                f"there is no token of {self.name!r} to sign with: pass token=…, or pass fetch_token=… to OAuth() or "
                "register()" + (" and request=… here" if who is None else "")
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

    def _keep(
        self, request: Any, request_token: Mapping[str, Any], redirect_uri: str | None, host: str
    ) -> Generator[Question, Any, None]:
        token, secret = str(request_token["oauth_token"]), str(request_token["oauth_token_secret"])
        login = PendingLogin(self.name, token, secret, host, is_protected=is_https(redirect_uri or ""))
        yield from self._registry.pending.keep(login, self._registry.cipher_for(request))

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
        own = self.settings.fetch_token
        if own is not None:
            found: Mapping[str, Any] | None = yield FindToken(own, who)
            return found
        if self._registry.fetch_token is not None:
            found = yield FindToken(self._registry.fetch_token, (self.name, *who))
            return found
        return None

    def _use(self, method: str, arguments: tuple[Any, ...], options: Mapping[str, Any], **more: Any) -> UseClient:
        return UseClient(
            (self.client_id, self.client_secret), {**self.client_kwargs, **more}, method, arguments, options
        )

    def _chosen_client_cls(self) -> Any:
        return self.settings.client_cls or self.client_cls

    def _maker_of(self, client_cls: Any) -> Callable[..., Any]:
        """``client_cls``, with what all clients of this provider share."""

        def make(*credentials: Any, **arguments: Any) -> Any:
            client = client_cls(*credentials, **self.settings.client_arguments(client_cls, arguments))
            if self.user_agent is not None:
                client.headers["User-Agent"] = self.user_agent
            return client

        return make

    def _needed(self, option: str) -> str:
        value: str | None = getattr(self, option)
        if not value:
            raise ConfigurationError(f"{self.name!r} has no {option}: pass it to register()")
        return value

    def _compare_hosts(self, host: str, redirect_uri: str | None) -> None:
        target = host_of(redirect_uri or "")
        if host and target and host != target:
            LOG.warning(
                "a login with %r begins at the host %r and comes back to %r. If the browser sees these two names, the "
                "session's cookie has to cover both (localhost and 127.0.0.1 share none). If a proxy in front changes "
                "the Host header, all is well",
                self.name,
                host,
                target,
            )

    def _absolute(self, url: str) -> str:
        if url.lower().startswith(("https://", "http://")):
            return url
        if not (base := self.api_base_url):
            problem = f"{url!r} is relative, and {self.name!r} has no api_base_url: pass it to register()"
            raise ConfigurationError(problem)
        target = urljoin(base, url)
        if origin(target) != origin(base):
            raise ConfigurationError(f"{url!r} leads away from api_base_url: give an absolute URL if that is meant")
        return target
