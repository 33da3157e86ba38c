"""What a caller sees of a provider."""

from typing import assert_type

from oauthone import providers
from oauthone.providers import Provider, ProviderRetired, get, names

provider = get("jira", base_url="https://jira.example", variant=None)
assert_type(provider, Provider)
assert_type(providers.names(retired=True), list[str])
assert_type(names(), list[str])
assert_type(provider.id, str)
assert_type(provider.allows("https://jira.example"), bool)
assert_type(provider.api_base, tuple[str, ...])

if provider.temporary_credentials and provider.authorization:
    assert_type(provider.temporary_credentials.url, str)
    assert_type(provider.authorization.parameters["perms"].values, tuple[str, ...])


def successor_of(error: ProviderRetired) -> None:
    assert_type(error.successor, str | None)


get("jira", base_url=1)  # type: ignore[arg-type]
provider.name = "other"  # type: ignore[misc]
