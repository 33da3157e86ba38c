"""The registry of remote applications that each framework's ``OAuth`` derives from."""

from collections.abc import Callable, Iterable, Mapping
from threading import RLock
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar, Unpack, cast

from oauthone.core.signing import system_clock
from oauthone.errors import ConfigurationError
from oauthone.login._login_errors import missing_secret
from oauthone.login._pending import PendingLogins
from oauthone.login._recent_logins import RecentLogins
from oauthone.login._remote_app import RemoteApplication
from oauthone.login._session_cipher import SessionCipher, as_octets
from oauthone.login._settings import (
    ApplicationOptions,
    ApplicationSettings,
    merged,
    refuse_incomplete,
    refuse_unknown,
)

App = TypeVar("App", bound=RemoteApplication)


class Cache(Protocol):
    """Where logins wait on a server, for all its processes.

    cachelib, Flask-Caching, Django's cache and redis-py have such objects. Where everything is awaited, the methods may
    be coroutine functions.
    """

    def get(self, key: str, /) -> Any:
        """The value, which may come back as octets; None where there is none."""
        ...

    def set(self, key: str, value: str, seconds: int, /) -> Any:
        """Keep ``value`` for so many seconds. False says that it was not kept."""
        ...

    def delete(self, key: str, /) -> Any:
        """Delete it, and say whether it was there: of several who delete one key, one is told so."""
        ...


class _Registration(NamedTuple):
    """What was said to ``register()``."""

    app_cls: Any
    options: Mapping[str, Any]
    overwrite: bool

    def __repr__(self) -> str:
        return f"_Registration(app_cls={self.app_cls!r}, …)"


#: The settings of one application, each with the registration that it was made from.
SettingsByName = dict[str, tuple[_Registration, ApplicationSettings]]


class Registry(Generic[App]):
    """Remote applications by name.

    Args:
        cache: where logins wait; without one they wait in the session, encrypted.
        fetch_token: finds a token for a provider's name.
        secret_key: what to derive the key for the encryption from; by default the framework's own secret.
        clock: returns the seconds since 1970; by default ``time.time``.
    """

    #: The class of the applications.
    app_cls: ClassVar[Any] = RemoteApplication
    #: Where an application of this framework has its secret: the beginning of a sentence.
    where_secrets_are: ClassVar[str] = ""

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
        self._made: dict[str, App] = {}
        self._settings: SettingsByName = {}
        self._seals: dict[tuple[bytes, ...], SessionCipher] = {}
        self._lock = RLock()
        self.pending = PendingLogins(clock, RecentLogins(clock))

    def register(self, name: str, *, overwrite: bool = False, **options: Unpack[ApplicationOptions]) -> App:
        """Register a provider.

        Args:
            name: what to call it: ``create_client(name)`` and the attribute of this name give the application.
            overwrite: let the framework's settings win over these options; else they fill in what is not given.
            options: see `ApplicationOptions`.

        Returns:
            The remote application.

        Raises:
            TypeError: an option that does not exist.
            ConfigurationError: an option that is needed is missing, or the registry has an attribute of this name.
        """
        self._refuse_taken(name)
        app_cls = _own_app_cls(options, self.app_cls)
        said: dict[str, Any] = {**(app_cls.OAUTH_APP_CONFIG or {}), **options}
        if said.get("client_cls") is app_cls:
            del said["client_cls"]
        refuse_unknown(name, said)
        with self._lock:
            self._registered[name] = _Registration(app_cls, said, overwrite)
            self._made.pop(name, None)
        return self.present(name)

    def create_client(self, name: str) -> App | None:
        """The remote application that was registered under ``name``; None where none was.

        Raises:
            ConfigurationError: an option that is needed is missing.
        """
        if name not in self._registered:
            return None
        self.settings_for(name)
        return self._made_app(name)

    def settings_for(self, name: str) -> ApplicationSettings:
        """The options of the provider ``name`` as they hold in the application that is being served.

        Raises:
            ConfigurationError: an option that is needed is missing.
        """
        with self._lock:
            registration, held = self._registered[name], self.current_settings()
            known = held.get(name)
            if known is None or known[0] is not registration:
                known = held[name] = (registration, self._settings_of(name, registration))
            return known[1]

    def current_settings(self) -> SettingsByName:
        """Where the settings of the application that is being served are kept."""
        return self._settings

    def __getattr__(self, name: str) -> App:
        made = None if name.startswith("__") or name == "_registered" else self.create_client(name)
        if made is None:
            raise AttributeError(f"no provider {name!r} is registered")
        return made

    def cipher_for(self, request: Any) -> SessionCipher | None:
        """What encrypts the logins of this application; None where there is a cache.

        Raises:
            SessionMissing: there is no secret.
        """
        if self.cache is not None:
            return None
        given = [self._secret_key] if self._secret_key is not None else self.find_secrets(request)
        secrets = tuple(as_octets(secret) for secret in given if secret)
        if not secrets:
            raise missing_secret(self.where_secrets_are)
        seal = self._seals.get(secrets)
        if seal is None:
            seal = SessionCipher(secrets)
            self._seals = {secrets: seal}
        return seal

    def find_secrets(self, request: Any) -> Iterable[Any]:
        """The framework's own secret, and those that it had before."""
        return ()

    def load_config(self, name: str, options: Iterable[str]) -> Mapping[str, Any]:
        """What the framework's settings say about a provider."""
        return {}

    def present(self, name: str) -> App:
        """What `register` returns."""
        self.settings_for(name)
        return self._made_app(name)

    def _made_app(self, name: str) -> App:
        with self._lock:
            if name not in self._made:
                self._made[name] = self._registered[name].app_cls(self, name)
            return self._made[name]

    def _refuse_taken(self, name: str) -> None:
        if hasattr(type(self), name) or name in vars(self):
            raise ConfigurationError(
                f"a provider cannot be called {name!r}: the registry has an attribute of this name, so oauth.{name} "
                "would not be the provider. Choose another name"
            )

    def _settings_of(self, name: str, registration: _Registration) -> ApplicationSettings:
        config = self.load_config(name, ApplicationOptions.__annotations__)
        refuse_unknown(name, config)
        options = merged(registration.options, config, registration.overwrite)
        refuse_incomplete(name, options)
        return ApplicationSettings(options, registration.app_cls.prepare_client_kwargs)


def _own_app_cls(options: Mapping[str, Any], default: Any) -> Any:
    """The class of the application: what a program derived from it comes as ``client_cls``."""
    wanted = options.get("client_cls")
    return wanted if isinstance(wanted, type) and issubclass(cast("Any", wanted), RemoteApplication) else default
