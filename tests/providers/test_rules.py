"""What the facts of a data file must agree on. Each complaint names file, line and key."""

from collections.abc import Callable
from pathlib import Path

import pytest

from oauthone.errors import ConfigurationError
from oauthone.providers._catalogue import load

from .conftest import SMALLEST

Write = Callable[[str, str], Path]

RETIRED = """\
name = "Box"
homepage = "https://box.example"
status = "retired"
status_as_of = "2026-11"
message = "Box no longer offers OAuth 1.0."

[sources.status]
level = "single"
as_of = "2026-11-26"
found_in = ["a page"]
"""
TEMPLATE = SMALLEST.replace("https://api.box.example", "{base_url}/api") + (
    '[variables.base_url]\ndescription = "the address"\nexample = "https://box.example"\nkind = "url"\n'
)
VARIANT = SMALLEST + '[variants.sandbox]\nhosts = { "api.box.example" = "sandbox.box.example" }\n'
OWN_BASE = VARIANT.replace('example"]', 'example", "https://up.box.example"]', 1) + (
    'api_base = ["https://sandbox.box.example"]\n'
)


@pytest.mark.parametrize("text", [SMALLEST, RETIRED, TEMPLATE, VARIANT, OWN_BASE])
def test_facts_that_agree(write: Write, text: str) -> None:
    assert load(write("box", text)).name == "Box"


@pytest.mark.parametrize(
    ("text", "old", "new", "message"),
    [
        (SMALLEST, '"2026-11"', '"2026-13"', "box.toml:4: status_as_of is '2026-13', must be a date such as"),
        (SMALLEST, '"2026-11"', '"November"', "box.toml:4: status_as_of is 'November', must be a date"),
        (
            SMALLEST,
            '"2026-11-26"',
            '"yesterday"',
            "box.toml:11: sources.endpoints.as_of is 'yesterday', must be a date",
        ),
        (SMALLEST, "sources.signature", "sources.quirks", "box.toml:1: sources lacks signature"),
        (SMALLEST, '["a program"]', "[]", "box.toml:17: sources.methods.found_in is empty, but the level is single"),
        (SMALLEST, '"active"', '"retiring"', "box.toml:3: status is retiring if, and only if, retires and message"),
        (
            SMALLEST,
            '"consumer-only"',
            '"three-legged"',
            "box.toml:5: flows contains three-legged, which needs temporary",
        ),
        (SMALLEST, '"consumer-only"', '"xauth"', "box.toml:5: flows contains xauth, which needs token_credentials"),
        (
            SMALLEST,
            '"consumer-only"',
            '"client-credentials"',
            "box.toml:5: flows contains client-credentials, which needs",
        ),
        (
            SMALLEST,
            '"https://api.box',
            '"http://api.box',
            "box.toml:7: api_base.0 is 'http://api.box.example', which must begin",
        ),
        (
            SMALLEST,
            "api.box.example",
            "*.*.example",
            "box.toml:7: api_base.0 is 'https://*.*.example', which is not an address",
        ),
        (SMALLEST, "api.box.example", "{host}", "box.toml:7: api_base.0 uses {host}, which is not a variable"),
        (SMALLEST, "flows", 'clock = "box"\nflows', "box.toml:5: clock is 'box', which is not an address"),
        (SMALLEST, "flows", 'aliases = ["Box"]\nflows', "box.toml:5: aliases.0 is 'Box'; names have only lower-case"),
        (RETIRED, "message", 'retired = "2026-01"\nmessage', "box.toml:5: retired needs two sources"),
        (RETIRED, "message", 'retired_by = "soon"\nmessage', "box.toml:5: retired_by is 'soon', must be a date"),
        (RETIRED, "sources.status", "sources.endpoints", "box.toml:1: sources must be that of the status alone"),
        (RETIRED, '"retired"', '"active"', "box.toml:1: the file lacks flows"),
        (
            TEMPLATE,
            'https://box.example"\nkind',
            'box.example"\nkind',
            "box.toml:23: variables.base_url has a value that",
        ),
        (TEMPLATE, "{base_url}", "https://a.example", "box.toml:23: variables.base_url is used nowhere"),
        (
            TEMPLATE,
            'kind = "url"',
            'kind = "url"\noptional = true',
            "box.toml:7: api_base.0 uses base_url, which is optional",
        ),
        (
            TEMPLATE,
            'kind = "url"',
            'kind = "url"\npattern = "("',
            "box.toml:27: variables.base_url.pattern is not a regular",
        ),
        (
            TEMPLATE,
            'kind = "url"',
            'kind = "url"\npattern = "x"',
            "box.toml:23: variables.base_url has a value that does not fit",
        ),
        (
            TEMPLATE,
            'kind = "url"',
            'kind = "url"\nvalues = ["https://a.example"]',
            "box.toml:23: variables.base_url has a value",
        ),
        (
            TEMPLATE,
            'kind = "url"',
            'kind = "url"\ndefault = "x"',
            "box.toml:23: variables.base_url has a value that does not fit",
        ),
        (
            TEMPLATE,
            'kind = "url"',
            'kind = "url"\nderive.of = "y"',
            "box.toml:27: variables.base_url.derive.of is 'y', which",
        ),
        (
            VARIANT,
            '"https://api.box.example"',
            '"https://api.box.example", "https://up.box.example"',
            "box.toml:23: variants.sandbox leaves api_base.1 at up.box.example: map this host, too",
        ),
        (
            VARIANT,
            '"https://api.box.example"]',
            '"https://api.box.example"]\nclock = "https://time.box.example/now"',
            "box.toml:24: variants.sandbox leaves clock at time.box.example: map this host, too",
        ),
        (
            VARIANT,
            '"api.box.example" =',
            '"box.example" =',
            "box.toml:24: variants.sandbox.hosts.box.example must be a host",
        ),
        (
            VARIANT,
            '"sandbox.box.example"',
            '"sandbox/box"',
            "box.toml:24: variants.sandbox.hosts.api.box.example must be",
        ),
        (VARIANT, "hosts = {", 'note = "x"\ntoken_fields = {', "box.toml:25: variants.sandbox.token_fields is unknown"),
        (
            VARIANT,
            "hosts = {",
            'api_base = ["x"]\nhosts = {',
            "box.toml:24: variants.sandbox.api_base.0 is 'x', which is not",
        ),
    ],
)
def test_facts_that_do_not(write: Write, text: str, old: str, new: str, message: str) -> None:
    assert old in text
    with pytest.raises(ConfigurationError) as caught:
        load(write("box", text.replace(old, new, 1)))
    assert str(caught.value).startswith(message)


def test_a_variant_that_changes_nothing(write: Write) -> None:
    with pytest.raises(ConfigurationError, match=r"variants\.sandbox has neither hosts nor api_base"):
        load(write("box", SMALLEST + '[variants.sandbox]\nnote = "x"\n'))


def test_a_retiring_provider_has_a_source_for_its_end(write: Write) -> None:
    text = SMALLEST.replace('"active"', '"retiring"\nretires = "2027"\nmessage = "It ends."', 1)
    with pytest.raises(ConfigurationError, match="sources lacks status"):
        load(write("box", text))
    assert load(write("box", text + RETIRED.partition("\n\n")[2])).message == "It ends."


@pytest.mark.parametrize("name", ["Box", "box_1", "box.1", "-box"])
def test_a_name_that_does_not_fit(write: Write, name: str) -> None:
    with pytest.raises(ConfigurationError, match="names have only lower-case letters, digits and hyphens"):
        load(write(name, SMALLEST))


CHOICE = SMALLEST + (
    '[exchange]\nurl = "https://api.box.example/token"\nmethod = "POST"\n\n'
    '[exchange.parameters.scope]\nmeans = "permissions"\n\n[exchange.parameters.other]\nrequired = true\n'
)
IDENTITY = SMALLEST + '[identity]\nurl = "https://api.box.example/me"\nformat = "json"\n'


def test_parameters_and_identities_that_agree(write: Write) -> None:
    assert load(write("box", CHOICE)).name == "Box"
    assert load(write("box", IDENTITY)).name == "Box"


@pytest.mark.parametrize(
    ("text", "old", "new", "message"),
    [
        (CHOICE, "parameters.other", "parameters.page", "box.toml:30: exchange.parameters.page has a name that the"),
        (
            CHOICE,
            "required = true",
            'means = "permissions"',
            "box.toml:31: exchange.parameters.other.means is what scope",
        ),
        (CHOICE, '"POST"', '["GET", "POST"]', "box.toml:25: exchange.method must begin with POST: its parameters may"),
        (IDENTITY, '"json"', '"jwt"', "box.toml:23: identity.jwt must be there if, and only if, the format is jwt"),
    ],
)
def test_parameters_and_identities_that_do_not(write: Write, text: str, old: str, new: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as failed:
        load(write("box", text.replace(old, new, 1)))
    assert str(failed.value).startswith(message)
