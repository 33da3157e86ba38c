"""The registry of remote applications that each framework's ``OAuth`` derives from."""

from collections.abc import Callable, Iterable, Mapping
from threading import RLock
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar, Unpack, cast

from oauthone.core.signing import system_clock
from oauthone.core.white_space import warn_of_white_space
from oauthone.errors import ConfigurationError
from oauthone.login._login_errors import missing_secret
from oauthone.login._of_provider import filled_in, refuse_contradictions
from oauthone.login._pending import PendingLogins
from oauthone.login._remote_app import RemoteApplication
from oauthone.login._session_cipher import SessionCipher
from oauthone.login._settings import (
    ApplicationOptions,
    ApplicationSettings,
    merged,
    refuse_incomplete,
    refuse_mistyped,
    refuse_unknown,
)

App = TypeVar("App", bound=RemoteApplication)


class Cache(Protocol):
    """Storage for pending logins on the server, shared by all its processes.

    The caches of cachelib, Flask-Caching, Django and redis-py have these methods. In asynchronous applications, the
    methods may be coroutine functions.
    """

    def get(self, key: str, /) -> Any:
        """Return the value, as a string or as octets, or None."""
        ...

    def set(self, key: str, value: str, seconds: int, /) -> Any:
        """Store ``value`` for a number of seconds. Return False if it was not stored."""
        ...

    def delete(self, key: str, /) -> Any:
        """Delete the key, and return whether it was there. If several callers delete one key, one gets True."""
        ...


class _Registration(NamedTuple):
    """The arguments of one call of ``register()``."""

    app_cls: Any
    options: Mapping[str, Any]
    overwrite: bool

    def __repr__(self) -> str:
        return f"_Registration(app_cls={self.app_cls!r}, …)"


#: The settings of each provider in one application, with the registration that they were made from.
SettingsByName = dict[str, tuple[_Registration, ApplicationSettings]]


class Registry(Generic[App]):
    """Remote applications by name.

    Args:
        cache: stores pending logins; without one they are stored in the session, encrypted.
        fetch_token: returns the current user's token for a provider's name.
        secret_key: the secret from which the encryption key is derived; by default the framework's own secret.
        clock: returns the seconds since 1970; by default ``time.time``.
    """

    #: The class of the applications.
    app_cls: ClassVar[Any] = RemoteApplication
    #: How to give an application of this framework a secret: the beginning of a sentence.
    secret_hint: ClassVar[str] = ""

    def __init__(
        self,
        *,
        cache: Cache | None = None,
        fetch_token: Callable[..., Any] | None = None,
        secret_key: str | bytes | None = None,
        clock: Callable[[], float] = system_clock,
    ) -> None:
        self.cache: Any = cache
        self.fetch_token = fetch_token
        self._secret_key = secret_key
        self._registered: dict[str, _Registration] = {}
        self._apps: dict[str, App] = {}
        self._settings: SettingsByName = {}
        self._ciphers: dict[tuple[bytes, ...], SessionCipher] = {}
        self._lock = RLock()
        self.pending = PendingLogins(clock)

    def register(self, name: str, *, overwrite: bool = False, **options: Unpack[ApplicationOptions]) -> App:
        """Register a provider.

        Args:
            name: its name: ``create_client(name)`` and the attribute of this name return the application.
            overwrite: let the framework's settings override these options; else they fill in missing options.
            options: see `ApplicationOptions`.

        Returns:
            The remote application.

        Raises:
            TypeError: an option does not exist.
            ConfigurationError: a required option is missing, or the registry has an attribute of this name.
        """
        self._refuse_taken(name)
        app_cls = _own_app_cls(options, self.app_cls)
        given: dict[str, Any] = {**(app_cls.OAUTH_APP_CONFIG or {}), **options}
        if given.get("client_cls") is app_cls:
            del given["client_cls"]
        known = self.known_options(name, given)
        with self._lock:
            self._registered[name] = _Registration(app_cls, known, overwrite)
            self._apps.pop(name, None)
        return self._registered_app(name)

    def known_options(self, name: str, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the options that `register` takes.

        Raises:
            TypeError: one of ``options`` does not exist.
        """
        refuse_unknown(name, options)
        return options

    def create_client(self, name: str) -> App | None:
        """Return the remote application that was registered under ``name``, or None.

        Raises:
            ConfigurationError: a required option is missing.
        """
        if name not in self._registered:
            return None
        self.settings_for(name)
        return self._app(name)

    def settings_for(self, name: str) -> ApplicationSettings:
        """Return the options of the provider ``name`` in the application that is being served.

        Raises:
            ConfigurationError: a required option is missing.
        """
        with self._lock:
            registration, all_settings = self._registered[name], self.current_settings()
            known = all_settings.get(name)
            if known is None or known[0] is not registration:
                known = all_settings[name] = (registration, self._settings_of(name, registration))
            return known[1]

    def current_settings(self) -> SettingsByName:
        """The settings of the application that is being served, by provider's name."""
        return self._settings

    def __getattr__(self, name: str) -> App:
        # copy() and pickle ask for attributes before __init__ ran, when _registered does not exist yet.
        app = None if name.startswith("__") or name == "_registered" else self.create_client(name)
        if app is None:
            raise AttributeError(f"no provider {name!r} is registered")
        return app

    def cipher_for(self, request: Any) -> SessionCipher | None:
        """Return what encrypts the logins of this application; None if there is a cache.

        Raises:
            SessionMissing: the application has no secret.
        """
        if self.cache is not None:
            return None
        given = [self._secret_key] if self._secret_key is not None else self.framework_secrets(request)
        secrets = tuple(_as_octets(secret) for secret in given if secret)
        if not secrets:
            raise missing_secret(self.secret_hint)
        cipher = self._ciphers.get(secrets)
        if cipher is None:
            cipher = SessionCipher(secrets)
            self._ciphers = {secrets: cipher}
        return cipher

    def framework_secrets(self, request: Any) -> Iterable[Any]:
        """The framework's own secret, followed by its former secrets."""
        return ()

    def load_config(self, name: str, options: Iterable[str]) -> Mapping[str, Any]:
        """The options of a provider in the framework's settings."""
        return {}

    def _registered_app(self, name: str) -> App:
        """The return value of `register`."""
        self.settings_for(name)
        return self._app(name)

    def _app(self, name: str) -> App:
        with self._lock:
            if name not in self._apps:
                self._apps[name] = self._registered[name].app_cls(self, name)
            return self._apps[name]

    def _refuse_taken(self, name: str) -> None:
        if hasattr(type(self), name) or name in vars(self):
            raise ConfigurationError(
                f"a provider cannot be called {name!r}: the registry has an attribute of this name, so oauth.{name} "
                "would not be the provider. Choose another name"
            )

    def _settings_of(self, name: str, registration: _Registration) -> ApplicationSettings:
        config = self.load_config(name, ApplicationOptions.__annotations__)
        refuse_unknown(name, config)
        options = filled_in(name, merged(registration.options, config, registration.overwrite))
        refuse_incomplete(name, options)
        refuse_mistyped(name, options)
        refuse_contradictions(name, options)
        warn_of_white_space(options, f" of {name!r}")
        return ApplicationSettings(options, registration.app_cls.prepare_client_kwargs)


def _own_app_cls(options: Mapping[str, Any], default: Any) -> Any:
    """The class of the application: programs pass a subclass of their own as ``client_cls``."""
    wanted = options.get("client_cls")
    return wanted if isinstance(wanted, type) and issubclass(cast("Any", wanted), RemoteApplication) else default


def _as_octets(secret: object) -> bytes:
    """A framework's secret, which may be a string, octets or an object that hides itself in ``repr``."""
    return secret if isinstance(secret, bytes) else str(secret).encode("utf-8", "surrogatepass")
