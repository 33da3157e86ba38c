"""The last step of a login in an asynchronous application, where the program keeps the temporary credentials."""

from typing import Any

from authlib._absent import module_getattr
from authlib.integrations.base_client.sync_app import BaseApp
from oauthone.login._private_frames import drain


class AsyncOAuth1Mixin(BaseApp):
    """`OAuth1Mixin`, awaited."""

    async def fetch_access_token(self, request_token: Any = None, **options: Any) -> dict[str, Any]:
        """See `OAuth1Mixin.fetch_access_token`."""
        effects = self._exchange_token(request_token, drain(options))
        del request_token  # an error report shows the variables of this frame, which still runs
        return dict(await self._arun(effects))


__getattr__ = module_getattr(__name__, "AsyncOAuth2Mixin")
