"""The addresses of the resources of a box."""

from urllib.parse import urlencode


class ResourceUrls:
    """The addresses of the resources, for a class with the two origins."""

    @property
    def origin(self) -> str:
        """Scheme and authority of the provider."""
        raise NotImplementedError

    @property
    def other_origin(self) -> str:
        """Scheme and authority of another server, which must never receive credentials for the first."""
        raise NotImplementedError

    @property
    def echo_url(self) -> str:
        """A protected resource that answers with the verified parameters, as every other path without an endpoint."""
        return f"{self.origin}/echo"

    @property
    def two_legged_url(self) -> str:
        """A protected resource that also accepts requests without a token."""
        return f"{self.origin}/two-legged"

    @property
    def open_url(self) -> str:
        """A resource without protection, on the provider's origin."""
        return f"{self.origin}/open"

    @property
    def other_url(self) -> str:
        """A resource without protection, on the other origin."""
        return f"{self.other_origin}/open"

    @property
    def landing_url(self) -> str:
        """A page on the other origin to use as a callback for applications without pages."""
        return f"{self.other_origin}/landing"

    def redirect_url(self, to: str, status: int = 302) -> str:
        """Return the URL of a protected resource that redirects.

        Args:
            to: the value of the ``Location`` header.
            status: the status code.
        """
        return f"{self.origin}/redirect?{urlencode({'status': status, 'to': to})}"

    def flaky_url(self, key: str, failures: int = 1, status: int = 503) -> str:
        """Return the URL of a protected resource whose first attempts fail.

        Args:
            key: a name; attempts are counted for each name.
            failures: the number of attempts that fail.
            status: the status code of these attempts.
        """
        return f"{self.origin}/flaky?{urlencode({'key': key, 'failures': failures, 'status': status})}"

    def slow_url(self, seconds: float) -> str:
        """Return the URL of a protected resource that answers after ``seconds``."""
        return f"{self.origin}/slow?{urlencode({'seconds': seconds})}"
