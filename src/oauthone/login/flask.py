"""Log in with an OAuth 1.0 provider, in Flask."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, cast
from weakref import WeakKeyDictionary, WeakSet

from oauthone.errors import OAuthError, missing_library
from oauthone.login._app_methods import SyncApplication, text_of
from oauthone.login._effects import MappingSession
from oauthone.login._login_cookies import LoginCookies
from oauthone.login._login_errors import missing_session
from oauthone.login._private_frames import emptied
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
        """Begin a login: the response that sends the browser to the provider.

        Args:
            redirect_uri: the callback, mostly ``url_for(…, _external=True)``; None says ``oob``, which also stands for
                one that is registered.
            parameters: further query parameters for the provider's authorization endpoint.

        Raises:
            LoginError: the login could not end: no session, no secret, or another host.
            OAuthError: the provider's answer holds no credentials.
            StoreError: the cache does not answer.
        """
        waiting = _session()
        url = self.drive(self.steps_out(request, text_of(redirect_uri), request.host, parameters), waiting)
        return cast("Response", waiting.put_cookies_into(redirect(url)))

    def save_authorize_data(
        self, *, request_token: Mapping[str, Any], redirect_uri: str | None = None, state: Any = None, url: Any = None
    ) -> None:
        """Keep what `create_authorization_url` returned, where the redirect is your own.

        Args:
            request_token: the temporary credentials.
            redirect_uri: the callback.
            state: taken so that ``**create_authorization_url()`` can be passed on.
            url: the same.
        """
        steps = self.steps_to_keep(request, request_token, text_of(redirect_uri), request.host)
        del request_token
        self.drive(steps, _session())

    def authorize_access_token(self, **options: Any) -> dict[str, Any]:
        """End a login, in the view of the callback. The token also signs the requests of this view.

        Args:
            options: options for the request to ``access_token_url``.

        Returns:
            The token and whatever else the provider said.

        Raises:
            AccessDenied: the person refused.
            LoginError: this browser's session cannot end this login; its kinds say why.
            OAuthError: the provider's answer holds no credentials.
            StoreError: the cache does not answer.
        """
        steps = self.steps_back(request, f"?{request.query_string.decode('latin-1')}", request.host, emptied(options))
        self.token = token = self.drive(steps, _session())
        return dict(token)

    @property
    def token(self) -> Mapping[str, Any] | None:
        """The token that requests are signed with: what was set during this request, or what ``fetch_token`` finds."""
        held: Mapping[str, Any] | None = g.get(f"_oauthone_token_{self.name}")
        if held is None:
            held = self.drive(self.steps_to_token(()))
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
            options: what ``requests.Session.request`` takes.

        Returns:
            The ``requests.Response``.

        Raises:
            OAuthError: there is no token.
            ConfigurationError: a relative address that cannot be resolved.
        """
        given = {**emptied(options), "token": self.token if token is None else token}
        del token
        return super().request(method, url, **emptied(given))

    def who(self, request: Any) -> tuple[Any, ...] | None:
        """No arguments for ``fetch_token``: Flask's request is everywhere."""
        return ()


class _Binding:
    """What `OAuth.init_app` was given for one application, and the settings that hold there."""

    def __init__(self) -> None:
        self.cache: Any = None
        self.fetch_token: Callable[..., Any] | None = None
        self.settings: SettingsByName = {}


class OAuth(Registry[FlaskOAuth1App]):
    """The remote applications of a Flask application, or of several.

    Settings named ``{NAME}_CLIENT_ID``, ``{NAME}_CLIENT_SECRET`` and so on fill in what `register` is not given. The
    settings are those of the current application; outside an application context, of the one that is bound.

    Args:
        app: the application; or call `init_app` later.
        cache: where logins wait; without one they wait in the session, encrypted. See `oauthone.login.Cache`.
        fetch_token: ``fetch_token(name)`` returns the token of whoever is logged in, as a dict, or None.
        secret_key: what to encrypt with; by default the application's ``SECRET_KEY``.
        options: ``clock``, which returns the seconds since 1970.
    """

    app_cls: ClassVar[Any] = FlaskOAuth1App
    where_secrets_are: ClassVar[str] = "set the application's SECRET_KEY, or "

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
        """The application whose settings count here: the current one, or else the only one that is bound."""
        if current_app:
            return cast("Flask", cast("Any", current_app)._get_current_object())
        bound = list(self._bound)
        return bound[0] if len(bound) == 1 else None

    @property
    def cache(self) -> Any:
        """Where logins of the application that is being served wait, or None."""
        binding = self._binding()
        return self._cache if binding is None or binding.cache is None else binding.cache

    @cache.setter
    def cache(self, cache: Any) -> None:
        self._cache = cache

    @property
    def fetch_token(self) -> Callable[..., Any] | None:
        """What finds a token in the application that is being served, or None."""
        binding = self._binding()
        return (binding and binding.fetch_token) or self._fetch_token

    @fetch_token.setter
    def fetch_token(self, fetch_token: Callable[..., Any] | None) -> None:
        self._fetch_token = fetch_token

    def find_secrets(self, request: Any) -> Iterable[Any]:
        """The application's secret key, and its fallbacks."""
        config = cast("Mapping[str, Any]", current_app.config)
        return (current_app.secret_key, *(config.get("SECRET_KEY_FALLBACKS") or ()))

    def load_config(self, name: str, options: Iterable[str]) -> Mapping[str, Any]:
        """The settings of the current application that are named after the provider."""
        config = cast("Mapping[str, Any]", self._needed_app().config)
        return {option: config.get(f"{name}_{option}".upper()) for option in options}

    def current_settings(self) -> SettingsByName:
        """Where the settings of the current application are kept.

        Raises:
            RuntimeError: it is not clear which application that is.
        """
        return self._bindings.setdefault(self._needed_app(), _Binding()).settings

    def present(self, name: str) -> FlaskOAuth1App:
        """What `register` returns; its options are read when they are needed, where there is no application yet."""
        return self._made_app(name) if self.app is None else super().present(name)

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
        raise RuntimeError("this registry belongs to no Flask application yet: OAuth(app), or oauth.init_app(app)")


def _session() -> MappingSession:
    if isinstance(session, NullSession):
        raise missing_session("Flask has no session, because the application has no SECRET_KEY: set one")
    app: Any = current_app
    is_secure = request.is_secure or bool(app.session_interface.get_cookie_secure(app))
    return MappingSession(session, LoginCookies(request.cookies, secure=is_secure))
