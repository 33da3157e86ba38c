"""What an error of the library or of the network means for a person at a terminal."""

import os
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from oauthone.cli.output import CommandError, Exit
from oauthone.errors import AccessDenied, ConfigurationError, FlowError, OAuth1Error, SigningError
from oauthone.providers._errors import UnknownProvider

#: The variables that lead a request through another host, or to other authorities.
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
#: Errors of requests that are about the words of the command, and not about the network.
_USAGE = ("InvalidURL", "InvalidSchema", "MissingSchema", "InvalidProxyURL", "InvalidHeader", "InvalidJSONError")
#: What the innermost errors of the network mean, by their names.
_CAUSES = {
    "NameResolutionError": "no address is known for this name",
    "gaierror": "no address is known for this name",
    "ConnectTimeoutError": "no connection within the time that was given",
    "ReadTimeoutError": "no answer within the time that was given (--max-time)",
    "TimeoutError": "no answer within the time that was given (--max-time)",
    "RemoteDisconnected": "the connection ended without an answer",
    "IncompleteRead": "the connection ended within the answer",
}


def explain(failure: Exception) -> CommandError | None:
    """Return what to report about ``failure``; None if it is a mistake of this program."""
    if isinstance(failure, AccessDenied):
        return CommandError(Exit.NO_TOKEN, f"Refused: {failure.error}. Nothing was saved.", code="access_denied")
    if isinstance(failure, FlowError):
        return CommandError(Exit.NO_TOKEN, str(failure), _advice(failure), code=failure.error)
    if isinstance(failure, ModuleNotFoundError) and "pip install" in str(failure):
        return CommandError(Exit.USAGE, str(failure), code="missing_extra")
    if isinstance(failure, UnknownProvider):
        return CommandError(Exit.USAGE, _sentence(failure.told("oauthone providers")))
    if isinstance(failure, ConfigurationError | SigningError):
        return CommandError(Exit.USAGE, _sentence(str(failure)))
    if isinstance(failure, OAuth1Error):
        return CommandError(Exit.NO_TOKEN, str(failure))
    if _is_of_network(failure):
        if type(failure).__name__ == "InvalidHeader":  # its text quotes the value, which may be a secret
            return CommandError(Exit.USAGE, "A header has a line end or white space where none can be.")
        if type(failure).__name__ in _USAGE:
            return CommandError(Exit.USAGE, str(failure))
        return CommandError(Exit.NETWORK, f"{_host(failure)}{_cause(failure)}.", _way(), code="network")
    if isinstance(failure, OSError):
        named = f"{failure.filename}: " if failure.filename else ""
        return CommandError(Exit.USAGE, f"{named}{failure.strerror or failure}")
    return None


def _sentence(text: str) -> str:
    """The text of the library as this command writes sentences. A text may also begin with the name of an argument."""
    begin = text[0].upper() if re.match("[a-z]+ ", text) else text[:1]
    return f"{begin}{text[1:]}"


def in_words(failure: Exception) -> str:
    """Return what happened, for a warning: without the objects of a library."""
    known = None if isinstance(failure, CommandError) else explain(failure)
    return (str(failure) if known is None else known.message) or type(failure).__name__


def _advice(failure: FlowError) -> str:
    """The diagnosis of a refused leg, if there is one."""
    diagnosis = getattr(failure, "diagnosis", None)
    return "" if diagnosis is None else str(diagnosis.line())


def _host(failure: Exception) -> str:
    """The host that was asked, if the error tells."""
    url = getattr(getattr(failure, "request", None), "url", None)
    parts = urlsplit(url) if isinstance(url, str) else None
    return f"{parts.netloc.rpartition('@')[2]}: " if parts and parts.netloc else ""


def _cause(failure: BaseException) -> str:
    """The innermost cause in words, without the objects of a library."""
    chain = [failure]
    while (inner := _inner(chain[-1])) is not None and inner not in chain:
        chain.append(inner)
    through = "through the proxy, " if any(type(one).__name__ == "ProxyError" for one in chain) else ""
    for one in reversed(chain):
        if type(one).__name__ in _CAUSES:
            return through + _CAUSES[type(one).__name__]
        if isinstance(one, OSError) and one.strerror:
            text = getattr(one, "verify_message", "") or one.strerror
            return f"{through}{'TLS: ' if 'SSL' in type(one).__name__ else ''}{text}"
    return through + (str(failure) or type(failure).__name__)


def _inner(failure: BaseException) -> BaseException | None:
    for one in (getattr(failure, "reason", None), failure.__cause__, failure.__context__, *failure.args):
        if isinstance(one, BaseException):
            return one
    return None


def _way() -> str:
    """What was in use on the way there, for a person who has to find out what is wrong with it."""
    said = [f"{name} is {value.rpartition('@')[2]}" for name, value in _variables((*_PROXIES, *_AUTHORITIES))]
    return f"Check the address and the network{'; ' + ', '.join(said) if said else ''}."


def _variables(names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in names:
        if value := os.environ.get(name) or os.environ.get(name.lower()):
            yield name, value


def _is_of_network(failure: Exception) -> bool:
    """Whether requests raised ``failure``; nothing is imported to find out."""
    return type(failure).__module__.partition(".")[0] in ("requests", "urllib3")
