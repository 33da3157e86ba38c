"""Log in with an OAuth 1.0 provider, in Flask."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, cast
from weakref import WeakKeyDictionary, WeakSet

from oauthone import providers
from oauthone.errors import OAuthError, missing_library
from oauthone.login._app_methods import SyncApplication
from oauthone.login._browser_session import MappingSession
from oauthone.login._login_errors import missing_session
from oauthone.login._private_frames import drain
from oauthone.login._registry import Cache, Registry, SettingsByName

try:
    from flask import Flask, current_app, g, redirect, request, session
    from flask.sessions import NullSession
    from werkzeug.wrappers import Response
except ModuleNotFoundError as missing:
    raise missing_library((missing.name or "flask").partition(".")[0], "flask") from missing

__all__ = ["FlaskOAuth1App", "OAuth", "OAuthError"]


class FlaskOAuth1App(SyncApplication):
    """One provider in a Flask application. `OAuth.register` makes it."""

    def authorize_redirect(self, redirect_uri: str | None = None, **parameters: Any) -> Response:
        """Start a login: return a redirect to the provider.

        Args:
            redirect_uri: the callback, usually ``url_for(…, _external=True)``; None sends ``oob``, which
                also stands for a callback that is registered.
            parameters: further query parameters for the provider's authorization endpoint.

        Raises:
            LoginError: the login could not finish: there is no session or no secret.
            OAuthError: the provider's response holds no credentials.
            StoreError: the cache failed.
        """
        browser_session = _session()
        url = self._run(self.start_login(request, redirect_uri, request.host, parameters), browser_session)
        return cast("Response", browser_session.add_cookies_to(redirect(url)))

    def save_authorize_data(
        self, *, request_token: Mapping[str, Any], redirect_uri: str | None = None, state: Any = None, url: Any = None
    ) -> None:
        """Store what `create_authorization_url` returned, if your code redirects the browser itself.

        Args:
            request_token: the temporary credentials.
            redirect_uri: the callback.
            state: ignored; it is there so that you can pass ``**create_authorization_url()``.
            url: ignored, like ``state``.
        """
        effects = self.save_login(request, request_token, redirect_uri, request.host)
        del request_token  # an error report shows the variables of this frame, which still runs
        self._run(effects, _session())

    def authorize_access_token(self, **options: Any) -> dict[str, Any]:
        """Finish a login, in the view of the callback. The token also signs the requests of this view.

        Args:
            options: options for the request to ``access_token_url``.

        Returns:
            The token, with all other fields of the provider's response.

        Raises:
            AccessDenied: the user denied access.
            LoginError: this browser's session cannot finish this login; the subclass says why.
            OAuthError: the provider's response holds no credentials.
            StoreError: the cache failed.
        """
        effects = self.finish_login(request, f"?{request.query_string.decode('latin-1')}", request.host, drain(options))
        self.token = token = self._run(effects, _session())
        return dict(token)

    @property
    def token(self) -> Mapping[str, Any] | None:
        """The token that signs requests: the one set during this request, or the one that ``fetch_token`` returns."""
        held: Mapping[str, Any] | None = g.get(f"_oauthone_token_{self.name}")
        if held is None:
            held = self._run(self.find_token(self.settings, ()))
        return held

    @token.setter
    def token(self, token: Mapping[str, Any] | None) -> None:
        setattr(g, f"_oauthone_token_{self.name}", token)

    def request(self, method: str, url: str, *, token: Mapping[str, Any] | None = None, **options: Any) -> Any:
        """Send a signed request.

        Args:
            method: the request method.
            url: absolute, or relative to ``api_base_url``.
            token: the token to sign with; by default `token`.
            options: options of ``requests.Session.request``.

        Returns:
            The ``requests.Response``.

        Raises:
            OAuthError: there is no token.
            ConfigurationError: the URL is relative and cannot be resolved.
        """
        given = {**drain(options), "token": self.token if token is None else token}
        del token
        return super().request(method, url, **drain(given))

    def fetch_identity(self, token: Mapping[str, Any] | None = None, *, request: Any = None) -> "providers.Account":
        """See `SyncApplication.fetch_identity`; by default it asks about `token`."""
        return super().fetch_identity(self.token if token is None else token)

    def _fetch_token_args(self, request: Any) -> tuple[Any, ...] | None:
        """No arguments for ``fetch_token``: Flask's request is global."""
        return ()


class _Binding:
    """The arguments of `OAuth.init_app` for one application, and the settings there."""

    def __init__(self) -> None:
        self.cache: Any = None
        self.fetch_token: Callable[..., Any] | None = None
        self.settings: SettingsByName = {}


class OAuth(Registry[FlaskOAuth1App]):
    """The remote applications of a Flask application, or of several.

    Settings named ``{NAME}_CLIENT_ID``, ``{NAME}_CLIENT_SECRET`` and so on fill in options that `register` lacks.
    They come from the current application or, outside an application context, from the one that is bound.

    Args:
        app: the application; or call `init_app` later.
        cache: stores pending logins; without one they are stored in the session, encrypted. See `oauthone.login.Cache`.
        fetch_token: ``fetch_token(name)`` returns the current user's token, as a dict, or None.
        secret_key: the secret for the encryption; by default the application's ``SECRET_KEY``.
        options: ``clock``, which returns the seconds since 1970.
    """

    app_cls: ClassVar[Any] = FlaskOAuth1App
    secret_hint: ClassVar[str] = "set the application's SECRET_KEY, or "

    def __init__(
        self,
        app: Flask | None = None,
        *,
        cache: Cache | None = None,
        fetch_token: Callable[..., Any] | None = None,
        secret_key: str | bytes | None = None,
        **options: Any,
    ) -> None:
        self._bindings: WeakKeyDictionary[Flask, _Binding] = WeakKeyDictionary()
        self._bound: WeakSet[Flask] = WeakSet()
        self._newest: Flask | None = None  # kept alive, as programs may hold it nowhere else
        super().__init__(cache=cache, fetch_token=fetch_token, secret_key=secret_key, **options)
        if app is not None:
            self.init_app(app)

    def init_app(
        self, app: Flask, *, cache: Cache | None = None, fetch_token: Callable[..., Any] | None = None
    ) -> None:
        """Bind the registry to an application. Each application has its own settings, cache and ``fetch_token``.

        Args:
            app: the application.
            cache: for this application; by default the constructor's.
            fetch_token: the same.
        """
        before = self._bindings.get(app) or _Binding()
        binding = _Binding()
        binding.cache = before.cache if cache is None else cache
        binding.fetch_token = fetch_token or before.fetch_token
        with self._lock:
            self._bindings[app] = binding
            self._bound.add(app)
            self._newest = app
        app.extensions["oauthone.login.flask"] = self

    @property
    def app(self) -> Flask | None:
        """The application whose settings apply: the current one, or else the only one that is bound."""
        if current_app:
            return cast("Flask", cast("Any", current_app)._get_current_object())
        return next(iter(self._bound)) if len(self._bound) == 1 else None

    @property
    def cache(self) -> Any:
        """The cache of the application that is being served, or None."""
        binding = self._binding()
        return self._cache if binding is None or binding.cache is None else binding.cache

    @cache.setter
    def cache(self, cache: Any) -> None:
        self._cache = cache

    @property
    def fetch_token(self) -> Callable[..., Any] | None:
        """The ``fetch_token`` of the application that is being served, or None."""
        return getattr(self._binding(), "fetch_token", None) or self._fetch_token

    @fetch_token.setter
    def fetch_token(self, fetch_token: Callable[..., Any] | None) -> None:
        self._fetch_token = fetch_token

    def framework_secrets(self, request: Any) -> Iterable[Any]:
        """The application's secret key, followed by its fallbacks."""
        config = cast("Mapping[str, Any]", current_app.config)
        return (current_app.secret_key, *(config.get("SECRET_KEY_FALLBACKS") or ()))

    def load_config(self, name: str, options: Iterable[str]) -> Mapping[str, Any]:
        """The settings of the current application that begin with the provider's name."""
        config = cast("Mapping[str, Any]", self._needed_app().config)
        return {option: config.get(f"{name}_{option}".upper()) for option in options}

    def current_settings(self) -> SettingsByName:
        """The settings of the current application, by provider's name.

        Raises:
            RuntimeError: there is no current application, and not exactly one is bound.
        """
        return self._bindings.setdefault(self._needed_app(), _Binding()).settings

    def _registered_app(self, name: str) -> FlaskOAuth1App:
        """The return value of `register`. Without an application, its options are read later, when they are needed."""
        return self._app(name) if self.app is None else super()._registered_app(name)

    def _binding(self) -> _Binding | None:
        app = self.app
        return None if app is None else self._bindings.get(app)

    def _needed_app(self) -> Flask:
        app = self.app
        if app is not None:
            return app
        if self._bound:
            raise RuntimeError(
                f"this registry belongs to {len(self._bound)} Flask applications, and none of them is the current one: "
                "use it in a view, or inside 'with app.app_context():'"
            )
        raise RuntimeError("this registry does not belong to a Flask application yet: call oauth.init_app(app)")


def _session() -> MappingSession:
    if isinstance(session, NullSession):
        raise missing_session("Flask has no session, because the application has no SECRET_KEY: set one")
    is_secure = request.is_secure or bool(current_app.session_interface.get_cookie_secure(cast("Any", current_app)))
    return MappingSession(session, request.cookies, secure=is_secure)
