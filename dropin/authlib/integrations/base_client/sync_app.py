"""What Authlib's applications do besides those of oauthone, and their synchronous last step."""

from collections.abc import Generator, Mapping
from typing import Any, ClassVar

from authlib._absent import module_getattr
from authlib.integrations.base_client.errors import MissingRequestTokenError, MissingTokenError
from authlib.oauth1.constants import SIGNATURE_HMAC_SHA1
from authlib.oauth1.rfc5849.client_auth import ClientAuth
from oauthone.compat._rsa_keys import lenient_key
from oauthone.login._effects import SendRequest
from oauthone.login._pending_entries import PendingLogin
from oauthone.login._private_frames import drain
from oauthone.login._remote_app import RemoteApplication


class BaseApp(RemoteApplication):
    """One provider; each framework has a class that derives from this one."""

    takes_silent_deletes: ClassVar[bool] = True

    def pending_login(self, request_token: Mapping[str, Any]) -> PendingLogin:
        """What is kept until the callback: a secret may be missing, and some providers send a verification code."""
        secret, verifier = request_token.get("oauth_token_secret"), request_token.get("oauth_verifier")
        return PendingLogin(
            self.name, str(request_token["oauth_token"]), str(secret or ""), verifier=str(verifier or "")
        )

    def create_authorization(
        self, redirect_uri: Any, parameters: Mapping[str, Any]
    ) -> Generator[Any, Any, dict[str, Any]]:
        """See `oauthone.login.RemoteApplication`; the address of the provider's page has the callback too."""
        callback = {} if redirect_uri is None else {"oauth_callback": redirect_uri}
        return super().create_authorization(redirect_uri, {**callback, **parameters})

    @staticmethod
    def prepare_client_kwargs(given: Mapping[str, Any]) -> dict[str, Any]:
        """Parse an ``rsa_key``, of which a short one is taken with a warning, unless a registered function wants it."""
        method = given.get("signature_method", SIGNATURE_HMAC_SHA1)
        is_parsed = str(method).startswith("RSA") and ClientAuth.registered_function(method) is None
        return {**given, "rsa_key": lenient_key(given.get("rsa_key"))} if is_parsed else {**given}

    def no_token_to_sign_with(self, message: str) -> Exception:
        """The error for a request without a token."""
        return MissingTokenError("missing_token", message)

    def send_request(
        self,
        method: str,
        url: str,
        token: Mapping[str, Any] | None,
        fetch_token_args: tuple[Any, ...] | None,
        options: Mapping[str, Any],
    ) -> Generator[Any, Any, Any]:
        """See `oauthone.login.RemoteApplication`; with ``withhold_token=True`` the client's credentials sign alone."""
        kept = {name: value for name, value in options.items() if name != "withhold_token"}
        if not options.get("withhold_token"):
            return (yield from super().send_request(method, url, token, fetch_token_args, kept))
        settings = self.settings
        return (yield SendRequest(settings, method, settings.absolute(self.name, url), None, kept))

    def _exchange_token(self, request_token: Any, options: Mapping[str, Any]) -> Generator[Any, Any, Any]:
        if request_token is None:
            raise MissingRequestTokenError("missing_request_token", "pass the dict that the login began with")
        login = self.pending_login(request_token)
        return (yield from self._exchange(self.settings, login, options.get("oauth_verifier"), {}))


class OAuth1Mixin(BaseApp):
    """The last step of a login, where the program keeps the temporary credentials itself."""

    def fetch_access_token(self, request_token: Any = None, **options: Any) -> dict[str, Any]:
        """Exchange the temporary credentials.

        Args:
            request_token: the dict that ``create_authorization_url`` returned.
            options: ``oauth_verifier``; what else a callback holds is not read.

        Raises:
            MissingRequestTokenError: there are none.
            OAuthError: the provider's response holds no credentials.
        """
        effects = self._exchange_token(request_token, drain(options))
        del request_token  # an error report shows the variables of this frame, which still runs
        return dict(self._run(effects))


__getattr__ = module_getattr(__name__, "OAuth2Base", "OAuth2Mixin")
