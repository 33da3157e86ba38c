"""The client that holds a session of aiohttp."""

import asyncio
from typing import Any

from .surfaces import ABSENT, Client, ClientResponse, Sending, Settings, Surface, generated_async, trusting


class Session(Client):
    """A session of aiohttp, or our client, which holds such a session."""

    def __init__(self, inner: Any, settings: Settings) -> None:
        super().__init__(inner)
        self._settings = settings

    async def send(self, verb: str, url: str, **options: Any) -> ClientResponse:
        arguments = in_words_of_aiohttp(Sending(verb, url, **options), self._settings)
        async with self.inner.request(verb, url, **arguments) as response:
            return ClientResponse(
                response,
                response.status,
                await response.read(),
                str(response.url),
                [one.status for one in response.history],
                f"{response.version.major}.{response.version.minor}",
                response.request_info.headers,
            )

    async def close(self) -> None:
        await self.inner.close()


class Aiohttp(Surface):
    """`oauthone.clients.aiohttp`."""

    name = "aiohttp"
    is_async = True

    def __init__(self) -> None:
        import aiohttp

        from oauthone.clients.aiohttp import AsyncOAuth1Client, OAuth1Middleware

        self._library, self._ours, self._middleware = aiohttp, AsyncOAuth1Client, OAuth1Middleware
        self.timeouts = (asyncio.TimeoutError,)
        self.too_many_redirects = aiohttp.TooManyRedirects
        self.disconnected = (aiohttp.ClientConnectionError,)
        self.untrusted = aiohttp.ClientConnectorCertificateError

    def auth(self, client_id: str, client_secret: str | None = None, **options: Any) -> Any:
        return self._middleware(client_id, client_secret, **options)

    def with_auth(self, auth: Any, **options: Any) -> Client:
        settings, _ = self._settings(options)
        again = [_again(settings.attempts)] if settings.attempts > 1 else []
        session = self._library.ClientSession(middlewares=(*again, auth), **self._words(settings))
        return Session(session, settings)

    def timeout_for_leg(self, seconds: float) -> Any:
        return self._library.ClientTimeout(total=seconds)

    def _client(self, settings: Settings, client_id: str, client_secret: str | None, **options: Any) -> Client:
        if settings.attempts > 1:
            options["middlewares"] = (_again(settings.attempts),)
        return Session(self._ours(client_id, client_secret, **options, **self._words(settings)), settings)

    def _plain(self, settings: Settings) -> Client:
        return Session(self._library.ClientSession(**self._words(settings)), settings)

    def _words(self, settings: Settings) -> dict[str, Any]:
        words: dict[str, Any] = {
            "connector": self._library.TCPConnector(ssl=trusting(settings.ca_file)),
            # By default it keeps no cookies of servers with an IP address for a name.
            "cookie_jar": self._library.CookieJar(unsafe=True),
            "cookies": dict(settings.cookies or {}),
        }
        if settings.proxy is not None:
            words["proxy"] = settings.proxy
        return words


def in_words_of_aiohttp(sending: Sending, settings: Settings) -> dict[str, Any]:
    """The keyword arguments of ``ClientSession.request``."""
    import aiohttp

    redirects = settings.redirects if sending.redirects is None else sending.redirects
    words: dict[str, Any] = {"headers": sending.headers, "allow_redirects": redirects}
    if settings.max_redirects is not None:
        words["max_redirects"] = settings.max_redirects
    if sending.params is not None:
        words["params"] = list(sending.params)
    if sending.form is not None:
        words["data"] = list(sending.form)
    if sending.content is not None:
        words["data"] = sending.content
    if sending.chunks is not None:
        words["data"] = generated_async(sending.chunks)
    if sending.json is not ABSENT:
        words["json"] = sending.json
    if sending.files is not None:
        words["data"] = form = aiohttp.FormData()
        for name, value in sending.form or ():
            form.add_field(name, value)
        for name, file in sending.files.items():
            form.add_field(name, file.content, filename=file.name, content_type=file.content_type)
    if sending.timeout is not None:
        words["timeout"] = aiohttp.ClientTimeout(total=sending.timeout)
    return words


def _again(attempts: int) -> Any:
    """A retrying middleware, as people write it."""
    import aiohttp

    async def retry(request: Any, handler: Any) -> Any:
        for left in reversed(range(attempts)):
            try:
                response = await handler(request)
            except aiohttp.ClientConnectionError:
                if not left:
                    raise
                continue
            if response.status != 503 or not left:
                return response
            response.release()

    return retry
