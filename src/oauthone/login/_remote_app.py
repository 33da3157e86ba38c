"""A remote application: one provider as its registry knows it, and a login and a request as generators."""

from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from oauthone.core.flow import callback_parameters
from oauthone.core.rsa import RsaKey
from oauthone.errors import AccessDenied, FlowError
from oauthone.login._effects import Effect, FetchAccessToken, FetchRequestToken, FindToken, SendRequest
from oauthone.login._login_errors import callback_without_token
from oauthone.login._login_log import foreign_callbacks_logged, log_refusal, login_host
from oauthone.login._of_provider import page_address, refuse_denied
from oauthone.login._pending import PendingLogins
from oauthone.login._pending_entries import PendingLogin
from oauthone.login._session_cipher import SessionCipher
from oauthone.login._settings import OPTION_NAMES, ApplicationSettings, as_text

if TYPE_CHECKING:
    from oauthone.providers import Provider


class RegistryProtocol(Protocol):
    """What a remote application needs of its registry."""

    cache: Any
    pending: PendingLogins
    fetch_token: Callable[..., Any] | None

    def cipher_for(self, request: Any) -> SessionCipher | None:
        """What encrypts logins; None if a cache holds them."""
        ...

    def settings_for(self, name: str) -> ApplicationSettings:
        """The options of the provider ``name`` in the application that is being served."""
        ...


class RemoteApplication:
    """One provider. Each framework derives its own class, and its registry makes the instances.

    The options, such as ``client_id``, are attributes. If several applications share a registry, their values are
    those of the application that is being served.

    Args:
        registry: the registry.
        name: the application's name for the provider.

    Attributes:
        client_cls: the class of the HTTP client if ``register()`` gets none.
        OAUTH_APP_CONFIG: options that a subclass sets for itself.
        takes_silent_deletes: accept a cache whose ``delete()`` returns None. Then only the provider stops a callback
            that comes to two processes at once.
    """

    client_id: str
    client_secret: str | None
    provider: "Provider | None"
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
        # hasattr() is slow for a class without the attribute, and each login would ask for every option.
        self._set_by_class = [option for option in OPTION_NAMES if hasattr(type(self), option)]

    @property
    def settings(self) -> ApplicationSettings:
        """The options that apply now. An option that was assigned to this object wins."""
        settings = self._registry.settings_for(self.name)
        assigned = {name: getattr(self, name) for name in {*self._set_by_class, *(OPTION_NAMES & vars(self).keys())}}
        return settings.replace(assigned) if assigned else settings

    def __getattr__(self, name: str) -> Any:
        if name in OPTION_NAMES:
            return getattr(self._registry.settings_for(self.name), name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def no_token_to_sign_with(self, message: str) -> Exception:
        """The error for a request without a token to sign with."""
        return FlowError("missing_token", message)

    def pending_login(self, request_token: Mapping[str, Any]) -> PendingLogin:
        """What is kept of the temporary credentials until the callback."""
        return PendingLogin(self.name, str(request_token["oauth_token"]), str(request_token["oauth_token_secret"]))

    @staticmethod
    def prepare_client_kwargs(given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments for every client: ``given``, with its ``rsa_key`` parsed.

        Raises:
            SigningError: the RSA key cannot be used.
        """
        key = given.get("rsa_key")
        return {**given} if key is None else {**given, "rsa_key": RsaKey(key)}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"

    def create_authorization(
        self, redirect_uri: Any, parameters: Mapping[str, Any]
    ) -> Generator[Effect, Any, dict[str, Any]]:
        """Get temporary credentials, and the address of the provider's page for the user."""
        settings = self.settings
        authorize_url = settings.required(self.name, "authorize_url")
        try:
            request_token: dict[str, Any] = yield FetchRequestToken(settings, as_text(redirect_uri))
        except FlowError as refused:
            log_refusal(self.name, "start", refused)
            raise
        token = str(request_token["oauth_token"])
        given = {**settings.authorize_params, **parameters}
        url = page_address(settings, authorize_url, token, given, as_text(redirect_uri))
        return {"url": url, "request_token": request_token, "state": token}

    def save_login(
        self, request: Any, request_token: Mapping[str, Any], redirect_uri: Any, authority: str
    ) -> Generator[Effect, Any, None]:
        """Store the login until its callback."""
        uri = as_text(redirect_uri)
        yield from self._save(
            request_token, uri, login_host(self.name, authority, uri), self._registry.cipher_for(request)
        )

    def start_login(
        self, request: Any, redirect_uri: Any, authority: str, parameters: Mapping[str, Any]
    ) -> Generator[Effect, Any, str]:
        """Start a login; returns the address to redirect the browser to.

        Args:
            request: the framework's request.
            redirect_uri: the callback, or None.
            authority: the ``Host`` header of the request.
            parameters: further query parameters for the provider's page.
        """
        cipher = self._registry.cipher_for(request)  # a missing secret is reported before the provider is asked
        target = as_text(redirect_uri)
        host = login_host(self.name, authority, target)
        authorization = yield from self.create_authorization(target, parameters)
        yield from self._save(authorization["request_token"], target, host, cipher)
        return str(authorization["url"])

    def finish_login(
        self, request: Any, address: str, authority: str, options: Mapping[str, Any]
    ) -> Generator[Effect, Any, dict[str, Any]]:
        """Finish a login; returns the token.

        Args:
            request: the framework's request.
            address: the address that the browser came back to, or ``?`` and its query.
            authority: the ``Host`` header of the request.
            options: options for the request to ``access_token_url``.
        """
        settings, pending = self.settings, self._registry.pending
        found = callback_parameters(address, settings.callback_token_name)
        token = found.get("oauth_token")
        try:
            refuse_denied(settings, found, address)
        except AccessDenied:
            named = token or found.get("denied")
            if named:
                yield from pending.discard(self.name, named, self._registry.cipher_for(request))
            raise
        if not token:
            raise callback_without_token(settings.callback_token_name)
        with foreign_callbacks_logged(self.name):
            login = yield from pending.take(self.name, token, authority, self._registry.cipher_for(request))
        return (yield from self._exchange(settings, login, found.get("oauth_verifier"), options))

    def send_request(
        self,
        method: str,
        url: str,
        token: Mapping[str, Any] | None,
        fetch_token_args: tuple[Any, ...] | None,
        options: Mapping[str, Any],
    ) -> Generator[Effect, Any, Any]:
        """Send a signed request; returns the HTTP library's response.

        Args:
            method: the request method.
            url: absolute, or relative to ``api_base_url``.
            token: the token to sign with; None calls ``fetch_token``.
            fetch_token_args: the arguments for ``fetch_token``; None if they are unknown.
            options: options of the HTTP library.
        """
        settings = self.settings
        target = settings.absolute(self.name, url)
        token = yield from self.signing_token(settings, token, fetch_token_args)
        return (yield SendRequest(settings, method, target, token, options))

    def signing_token(
        self, settings: ApplicationSettings, token: Mapping[str, Any] | None, fetch_token_args: tuple[Any, ...] | None
    ) -> Generator[Effect, Any, Mapping[str, Any]]:
        """The token to sign with: the one that was passed, or the one that ``fetch_token`` finds."""
        if token is None and fetch_token_args is not None:
            token = yield from self.find_token(settings, fetch_token_args)
        if token is None:
            raise self.no_token_to_sign_with(
                f"there is no token of {self.name!r} to sign with: pass token=…, or pass fetch_token=… to OAuth() or "
                "register()" + (" and request=… here" if fetch_token_args is None else "")
            )
        return token

    def find_token(
        self, settings: ApplicationSettings, fetch_token_args: tuple[Any, ...]
    ) -> Generator[Effect, Any, Mapping[str, Any] | None]:
        """The token that ``fetch_token`` finds, or None."""
        fetch = settings.fetch_token
        if fetch is None:
            fetch, fetch_token_args = self._registry.fetch_token, (self.name, *fetch_token_args)
        found: Mapping[str, Any] | None = None if fetch is None else (yield FindToken(fetch, fetch_token_args))
        return found

    def _save(
        self, request_token: Mapping[str, Any], redirect_uri: str | None, host: str, cipher: SessionCipher | None
    ) -> Generator[Effect, Any, None]:
        login = self.pending_login(request_token)
        is_protected = (redirect_uri or "").partition(":")[0].lower() == "https"
        yield from self._registry.pending.save(login._replace(host=host, is_protected=is_protected), cipher)

    def _exchange(
        self, settings: ApplicationSettings, login: PendingLogin, verifier: str | None, options: Mapping[str, Any]
    ) -> Generator[Effect, Any, dict[str, Any]]:
        url = settings.required(self.name, "access_token_url")
        code, options = verifier or login.verifier or None, {**settings.access_token_params, **options}
        try:
            issued: dict[str, Any] = yield FetchAccessToken(
                settings, url, login.token, login.token_secret, code, options
            )
        except FlowError as refused:
            log_refusal(self.name, "finish", refused)
            raise
        return issued
