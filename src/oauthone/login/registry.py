"""The registry of remote applications that each framework's ``OAuth`` derives from."""

import time
from collections.abc import Callable, Iterable, Mapping
from threading import RLock
from typing import Any, ClassVar, Generic, Protocol, TypeVar, Unpack, cast

from oauthone.login.application import ApplicationOptions, RemoteApplication, missing_secret
from oauthone.login.pending import PendingLogins
from oauthone.login.sealing import Seal, as_octets
from oauthone.login.traces import Traces

App = TypeVar("App", bound=RemoteApplication)

_OF_OAUTH_2 = frozenset(
    {
        "client_auth_methods",
        "code_challenge_method",
        "compliance_fix",
        "issuer",
        "jwks",
        "jwks_uri",
        "refresh_token_params",
        "refresh_token_url",
        "server_metadata_url",
        "update_token",
        "userinfo_endpoint",
    }
)


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


class Registry(Generic[App]):
    """Remote applications by name.

    Args:
        cache: where logins wait; without one they wait in the session, encrypted.
        fetch_token: finds a token for a provider's name.
        secret_key: what to derive the key for the encryption from; by default the framework's own secret.
        clock: returns the seconds since 1970.
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
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.cache: Any = cache
        self.fetch_token = fetch_token
        self._secret_key = secret_key
        self._registered: dict[str, tuple[bool, dict[str, Any]]] = {}
        self._made: dict[str, App] = {}
        self._seals: dict[tuple[bytes, ...], Seal] = {}
        self._lock = RLock()
        self.pending = PendingLogins(clock, Traces(clock))

    def register(self, name: str, *, overwrite: bool = False, **options: Unpack[ApplicationOptions]) -> App:
        """Make a provider known.

        Args:
            name: what to call it: ``create_client(name)`` and the attribute of this name give the application.
            overwrite: let the framework's settings win over these options; else they fill in what is not given.
            options: see `ApplicationOptions`.

        Returns:
            The remote application.

        Raises:
            TypeError: an option that does not exist.
            ValueError: an option that is needed is missing.
        """
        _refuse_unknown(name, options)
        with self._lock:
            self._registered[name] = (overwrite, cast("dict[str, Any]", options))
            self._made.pop(name, None)
        return self.present(name)

    def create_client(self, name: str) -> App | None:
        """The remote application that was registered under ``name``; None where none was.

        Raises:
            ValueError: an option that is needed is missing.
        """
        with self._lock:
            if name not in self._made:
                if name not in self._registered:
                    return None
                self._made[name] = self._make(name, *self._registered[name])
            return self._made[name]

    def __getattr__(self, name: str) -> App:
        made = None if name.startswith("__") or name == "_registered" else self.create_client(name)
        if made is None:
            raise AttributeError(f"no provider {name!r} is registered")
        return made

    def seal_for(self, request: Any) -> Seal | None:
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
        if secrets not in self._seals:
            self._seals = {secrets: Seal(secrets)}
        return self._seals[secrets]

    def find_secrets(self, request: Any) -> Iterable[Any]:
        """The framework's own secret, and those that it had before."""
        return ()

    def load_config(self, name: str, options: Iterable[str]) -> Mapping[str, Any]:
        """What the framework's settings say about a provider."""
        return {}

    def forget_made(self) -> None:
        """Make the applications anew when they are asked for: the settings changed."""
        with self._lock:
            self._made.clear()

    def present(self, name: str) -> App:
        """What `register` returns."""
        made = self.create_client(name)
        assert made is not None
        return made

    def _make(self, name: str, overwrite: bool, given: Mapping[str, Any]) -> App:
        wanted = given.get("client_cls")
        is_app = isinstance(wanted, type) and issubclass(cast("Any", wanted), RemoteApplication)
        app_cls: Any = wanted if is_app else self.app_cls
        said: dict[str, Any] = {**(app_cls.OAUTH_APP_CONFIG or {}), **given}
        if is_app:
            del said["client_cls"]
        _refuse_unknown(name, said)
        config = self.load_config(name, ApplicationOptions.__annotations__)
        _refuse_unknown(name, config)
        options = _merged(said, config, overwrite)
        _refuse_incomplete(name, options)
        made: App = app_cls(self, name, options)
        return made


def _merged(given: Mapping[str, Any], config: Mapping[str, Any], overwrite: bool) -> dict[str, Any]:
    """Options and settings together: mappings key by key, everything else as a whole."""
    weak, strong = (given, config) if overwrite else (config, given)
    options = {name: value for name, value in weak.items() if value is not None}
    for name, value in strong.items():
        before = options.get(name)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            options[name] = {**before, **value}
        elif value is not None:
            options[name] = value
    return options


def _refuse_unknown(name: str, options: Mapping[str, Any]) -> None:
    for option in options:
        if option in _OF_OAUTH_2:
            raise TypeError(f"{option!r} of {name!r} is an option of OAuth 2; this registry is for OAuth 1.0 alone")
        if option not in ApplicationOptions.__annotations__:
            raise TypeError(f"register() got an unexpected keyword argument {option!r}")


def _refuse_incomplete(name: str, options: Mapping[str, Any]) -> None:
    if not options.get("request_token_url"):
        raise ValueError(
            f"{name!r} has no request_token_url. This registry is for OAuth 1.0 alone, which begins there; a provider "
            "without one speaks OAuth 2, and needs another library"
        )
    if not options.get("client_id"):
        raise ValueError(f"{name!r} has no client_id: give it to register() or in the settings")
