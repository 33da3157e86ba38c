"""What a single value of a data file must be. Each complaint names file, line and key."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from oauthone.errors import ConfigurationError
from oauthone.providers._catalogue import entry as entry_of
from oauthone.providers._catalogue import load, names
from oauthone.providers._value_rules import future_dates

from .conftest import SMALLEST

Write = Callable[[str, str], Path]

THREE_LEGGED = (
    SMALLEST.replace("consumer-only", "three-legged")
    + """
[temporary_credentials]
url = "https://api.box.example/request"
method = "POST"

[authorization]
url = "https://box.example/authorize"
rename = { oauth_token = "token", scope = "rights" }

[authorization.parameters.scope]
values = ["read", "write"]
default = "read"

[authorization.parameters.oauth_callback]
required = false

[token_credentials]
url = "https://api.box.example/token?format=json"
method = ["POST", "GET"]

[token_credentials.parameters.scope]
required = false

[nonce]
min_length = 6
recommended_length = 20
max_length = 20
"""
)
GROUP = '[sources.{}]\nlevel = "unknown"\nas_of = "2026"\n[sources.methods]'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("2026-11-26", "2024-02-29"),
        ("2026-11-26", "2024"),
        ("https://api.box.example", "https://*.box.example"),
        ("https://box.example", "http://box.example/a?b#c"),
        ("min_length = 6", ""),
        ("sources.methods", 'sources.mixed_placement]\nlevel = "unknown"\nas_of = "2026"\n[sources.methods'),
        ("flows", 'docs = "https://box.example/docs"\nflows'),
    ],
)
def test_values_that_fit(write: Write, old: str, new: str) -> None:
    assert load(write("box", THREE_LEGGED.replace(old, new, 1))).name == "Box"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('signature_methods = ["HMAC-SHA1"]', "signature_methods = []", "box.toml:6: signature_methods is empty"),
        ('flows = ["three-legged"]', "flows = []", "box.toml:5: flows is empty"),
        ('api_base = ["https://api.box.example"]', "api_base = []", "box.toml:7: api_base is empty"),
        ('method = ["POST", "GET"]', "method = []", "box.toml:41: token_credentials.method is empty"),
        ('method = "POST"', 'method = "POST"\nplacement = []', "box.toml:27: temporary_credentials.placement is empty"),
        ("flows", "placement = []\nflows", "box.toml:5: placement is empty"),
        ('default = "read"', 'default = "delete"', "box.toml:34: authorization.parameters.scope.default is 'delete'"),
        ("oauth_token =", "token =", "box.toml:30: authorization.rename.token must be a parameter, or one of"),
        ('scope = "rights"', 'scope = "token"', "box.toml:30: authorization.rename.scope is 'token', which oauth"),
        ('scope = "rights"', 'oauth_consumer_key = "scope"', "box.toml:30: authorization.rename.oauth_consumer_key is"),
        ("sources.signature", "sources.signatures", "box.toml:1: sources lacks signature"),
        ("[sources.methods]", GROUP.format("callbacks"), "box.toml:14: sources.callbacks is no group of facts: did"),
        ("[sources.methods]", GROUP.format("q"), "box.toml:14: sources.q is no group of facts"),
        ("min_length = 6", "min_length = 21", "box.toml:46: nonce must have lengths above 0"),
        ("min_length = 6", "min_length = 0", "box.toml:46: nonce must have lengths above 0"),
        ("https://api.box.example", "https://*.example", "box.toml:7: api_base.0 is 'https://*.example', which"),
        ("https://box.example", "box.example", "box.toml:2: homepage is 'box.example', must be the http or https"),
        ("https://box.example", "javascript:alert(1)", "box.toml:2: homepage is 'javascript:alert(1)', must be"),
        ("flows", 'docs = "https://u@box.example"\nflows', "box.toml:5: docs is 'https://u@box.example', must be"),
        ("2026-11-26", "2026-02-31", "box.toml:11: sources.endpoints.as_of is '2026-02-31', must be a date"),
        ("2026-11-26", "0000", "box.toml:11: sources.endpoints.as_of is '0000', must be a date"),
        ("format=json", "oauth_token=", "box.toml:40: token_credentials.url contains oauth_token"),
    ],
)  # fmt: skip
def test_values_that_do_not(write: Write, old: str, new: str, message: str) -> None:
    assert old in THREE_LEGGED
    with pytest.raises(ConfigurationError) as caught:
        load(write("box", THREE_LEGGED.replace(old, new, 1)))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("token_credentials.parameters.scope", "headers"),
        ("token_credentials.parameters.scope", "timeout"),
        ("token_credentials.parameters.scope", "request_token"),
        ("token_credentials.parameters.scope", "oauth_x"),
        ("token_credentials.parameters.scope", "oauth_callback"),
        ("authorization.parameters.oauth_callback", "oauth_x"),
        ("authorization.parameters.oauth_callback", "page"),
        ("authorization.parameters.oauth_callback", "timeout"),
        ("authorization.parameters.oauth_callback", "request_token"),
    ],
)
def test_a_parameter_with_a_name_that_is_taken(write: Write, path: str, name: str) -> None:
    taken = f"{path.rpartition('.')[0]}.{name}"
    with pytest.raises(ConfigurationError, match=f"^box.toml:[0-9]+: {taken} has a name that the clients use"):
        load(write("box", THREE_LEGGED.replace(path, taken, 1)))


@pytest.mark.parametrize("retired", [False, True])
def test_a_file_that_knows_the_future(retired: bool) -> None:
    """The right date may be earlier than a machine's clock, which is why only the check of a file asks."""
    for name in names(retired=retired):
        assert list(future_dates(entry_of(name), date(2026, 11, 27))) == []
    later = list(future_dates(entry_of("xero"), date(2021, 3, 1)))
    assert "status_as_of" in later[0]
    assert not any(complaint.startswith("retired is") for complaint in later)
    assert any(complaint.startswith("retired is") for complaint in future_dates(entry_of("xero"), date(2020, 1, 1)))
