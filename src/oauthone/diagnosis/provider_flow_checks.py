"""What in a request contradicts the facts about how its provider issues tokens, and which requests need them."""

from collections.abc import Callable, Iterator

from oauthone.diagnosis.provider_contradictions import Contradiction, Sent
from oauthone.providers._model import Parameter

#: The ways to be let in that need no token, or end with a token that OAuth 1.0 does not use.
_WITHOUT_TOKEN = frozenset(("consumer-only", "client-credentials"))
#: The ways to a token that begin with temporary credentials.
_WITH_TEMPORARY = frozenset(("three-legged", "provider-initiated"))
_NEED_TOKEN = ("token_credentials", "renew", "revoke", "check")


def _token(sent: Sent) -> Iterator[Contradiction]:
    token, flows = sent.request.protocol("oauth_token"), sent.provider.flows
    missing = "token-missing", "parameter-missing", "token-refused", "credentials-unread"
    if sent.place == "api_base" and token and _WITHOUT_TOKEN.issuperset(flows):
        yield Contradiction("api_base", "issues no tokens", ("parameter-unwanted", "token-refused"))
    elif sent.place == "api_base" and token is None and sent.provider.empty_token_parameter:
        yield Contradiction("empty_token_parameter", "needs an empty oauth_token where there is no token", missing)
    elif sent.place == "api_base" and not token and _WITHOUT_TOKEN.isdisjoint(flows):
        yield Contradiction("api_base", "needs a token", missing)
    elif sent.place in _NEED_TOKEN and not token and _uses_temporary(sent):
        yield Contradiction(sent.place, "needs the token in this request", missing)


def _uses_temporary(sent: Sent) -> bool:
    """Return whether a request for token credentials has the temporary ones. One with a password has none."""
    return not _WITH_TEMPORARY.isdisjoint(sent.provider.flows) and "x_auth_mode" not in sent.names()


def _verifier(sent: Sent) -> Iterator[Contradiction]:
    if sent.place != "token_credentials" or not _uses_temporary(sent):
        return
    has_one = bool(sent.request.protocol("oauth_verifier"))
    words = "parameter-missing", "verifier-refused", "parameter-unwanted"
    if sent.provider.verifier == "required" and not has_one:
        yield Contradiction("verifier", "needs oauth_verifier in this request", words)
    if sent.provider.verifier == "none" and has_one:
        yield Contradiction("verifier", "has no oauth_verifier", words)


def _callback(sent: Sent) -> Iterator[Contradiction]:
    facts = sent.provider.callback
    if facts is None or facts.sent is None or sent.place != "temporary_credentials":
        return
    callback = sent.request.protocol("oauth_callback")
    words = "parameter-missing", "callback-refused", "parameter-refused", "parameter-unwanted"
    if facts.sent != "temporary_credentials":
        if callback:
            yield Contradiction("callback", "takes no oauth_callback in this request", words)
    elif not callback and not facts.optional:
        yield Contradiction("callback", "needs oauth_callback in this request", words)
    elif callback == "oob" and facts.oob is False:
        yield Contradiction("callback", "needs the URL of an application as oauth_callback, not 'oob'", words)


def _parameters(sent: Sent) -> Iterator[Contradiction]:
    if sent.endpoint is None:
        return
    for name, parameter in sent.endpoint.parameters.items():
        values = [one.value for one in sent.request.parameters if one.name == name]
        if parameter.required and not any(values):
            yield Contradiction(sent.place, f"needs {name} in this request", ("parameter-missing",))
        elif not set(_single(parameter, values)) <= {"", *parameter.values} and parameter.values:
            yield Contradiction(sent.place, f"knows these values of {name}: {', '.join(parameter.values)}", ())


def _single(parameter: Parameter, values: list[str]) -> Iterator[str]:
    for value in values:
        yield from value.split(parameter.separator) if parameter.separator else (value,)


FLOW_CHECKS: tuple[Callable[[Sent], Iterator[Contradiction]], ...] = (_token, _callback, _verifier, _parameters)
