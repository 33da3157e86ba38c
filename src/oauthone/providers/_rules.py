"""What the facts about one provider must agree on, beyond their types."""

import re
from difflib import get_close_matches

from oauthone.errors import ConfigurationError
from oauthone.providers._model import Parameter, Source, Table
from oauthone.providers._origins import checked_address, is_host
from oauthone.providers._provider import GROUPS, MAIN_GROUPS, Provider, RetiredProvider
from oauthone.providers._reader import Misfit
from oauthone.providers._templates import addresses_of, check_value, names_in
from oauthone.providers._value_rules import check_date, check_page, check_values, refuse_protocol_parameters

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

#: What a provider must have for each way to get a token.
_NEEDED = {
    "three-legged": ("temporary_credentials", "authorization", "token_credentials"),
    "xauth": ("token_credentials", "xauth"),
    "client-credentials": ("exchange",),
    "app-login": ("authorization", "token_credentials"),
    "provider-initiated": ("temporary_credentials", "token_credentials"),
}


def check(provider: Provider | RetiredProvider) -> None:
    """Check that the facts agree.

    Raises:
        Misfit: two of them do not, or one is not what its name says.
    """
    if not _ID.fullmatch(provider.id):
        raise Misfit((), f"has the name {provider.id!r}; names have only lower-case letters, digits and hyphens")
    for number, alias in enumerate(provider.aliases):
        if not _ID.fullmatch(alias):
            raise Misfit(("aliases", number), f"is {alias!r}; names have only lower-case letters, digits and hyphens")
    check_page(provider.homepage, "homepage")
    check_date(provider.status_as_of, "status_as_of")
    _check_sources(provider.sources)
    if isinstance(provider, RetiredProvider):
        _check_retired(provider)
    else:
        _check_living(provider)


def _check_retired(provider: RetiredProvider) -> None:
    check_date(provider.retired, "retired")
    check_date(provider.retired_by, "retired_by")
    if set(provider.sources) != {"status"}:
        raise Misfit(("sources",), "must be that of the status alone")
    if provider.retired and provider.level != "verified":
        raise Misfit(("retired",), "needs two sources: sources.status.level is not verified")


def _check_living(provider: Provider) -> None:
    for group in MAIN_GROUPS:
        if group not in provider.sources:
            raise Misfit(("sources",), f"lacks {group}")
    if (provider.status == "retiring") != (provider.retires is not None and provider.message is not None):
        raise Misfit(("status",), "is retiring if, and only if, retires and message say when and what to do")
    if provider.status == "retiring" and "status" not in provider.sources:
        raise Misfit(("sources",), "lacks status")
    for flow in provider.flows:
        for name in _NEEDED.get(flow, ()):
            if getattr(provider, name) is None:
                raise Misfit(("flows",), f"contains {flow}, which needs {name}")
    check_page(provider.docs, "docs")
    for group in provider.sources:
        if group not in GROUPS:
            near = get_close_matches(group, sorted(GROUPS), 1)
            hint = f": did you mean {near[0]}?" if near else ""
            raise Misfit(("sources", group), f"is no group of facts{hint}")
    check_values(provider)
    _check_parameters(provider)
    _check_variables(provider)
    _check_addresses(provider)
    _check_variants(provider)


def _check_sources(sources: Table[Source]) -> None:
    for group, source in sources.items():
        check_date(source.as_of, "sources", group, "as_of")
        if source.level != "unknown" and not source.found_in:
            raise Misfit(("sources", group, "found_in"), f"is empty, but the level is {source.level}")


def _check_parameters(provider: Provider) -> None:
    for table in ("temporary_credentials", "authorization", "token_credentials", "exchange"):
        parameters: Table[Parameter] = getattr(getattr(provider, table), "parameters", Table())
        meant = [name for name, parameter in parameters.items() if parameter.means]
        if len(meant) > 1:
            raise Misfit((table, "parameters", meant[1], "means"), f"is what {meant[0]} means already")
        if parameters and table in ("token_credentials", "exchange") and getattr(provider, table).method[0] != "POST":
            raise Misfit((table, "method"), "must begin with POST: its parameters may be secret, and travel in a form")
    if provider.identity and (provider.identity.format == "jwt") != (provider.identity.jwt is not None):
        raise Misfit(("identity", "jwt"), "must be there if, and only if, the format is jwt")


def _check_variables(provider: Provider) -> None:
    for name, variable in provider.variables.items():
        if not _is_pattern(variable.pattern or ""):
            raise Misfit(("variables", name, "pattern"), "is not a regular expression")
        of = variable.derive.of if variable.derive else name
        if of not in provider.variables or (variable.derive and provider.variables[of].derive):
            raise Misfit(("variables", name, "derive", "of"), f"is {of!r}, which is not a variable with a value")
        for value in (variable.example, *([variable.default] if variable.default else []), *variable.values):
            try:
                check_value(provider, variable, value)
            except ConfigurationError as failure:
                raise Misfit(("variables", name), f"has a value that does not fit: {value!r} {failure}") from None


def _is_pattern(text: str) -> bool:
    try:
        return bool(re.compile(text))
    except re.error:
        return False


def _check_addresses(provider: Provider) -> None:
    used = set[str]()
    for path, address in addresses_of(provider):
        used |= names_in(address)
        for name in sorted(names_in(address) - provider.variables.keys()):
            raise Misfit(path, f"uses {{{name}}}, which is not a variable")
        optional = {name for name in names_in(address) if provider.variables[name].optional}
        if optional and "alternatives" not in path:
            raise Misfit(path, f"uses {sorted(optional)[0]}, which is optional")
        _check_address(provider, path, address)
    derived = {variable.derive.of for variable in provider.variables.values() if variable.derive}
    for name in sorted(provider.variables.keys() - used - derived - names_in(_realm(provider))):
        raise Misfit(("variables", name), "is used nowhere")


def _check_address(provider: Provider, path: tuple[str | int, ...], address: str) -> None:
    refuse_protocol_parameters(address, *path)
    filled = re.sub(r"\{(\w+)\}", lambda found: provider.variables[found[1]].example, address)
    if "api_base" in path:
        filled = filled.replace("://*.", "://any.")
    try:
        checked_address(filled.partition("?")[0], allow_http=provider.allow_http)
    except ConfigurationError as failure:
        raise Misfit(path, f"is {address!r}, which {failure}") from None


def _host_of(address: str) -> str:
    return re.split("[/?:]", address.partition("://")[2])[0]


def _check_variants(provider: Provider) -> None:
    hosts = {_host_of(address) for _, address in addresses_of(provider)}
    for name, variant in provider.variants.items():
        if not (variant.hosts or variant.api_base):
            raise Misfit(("variants", name), "has neither hosts nor api_base")
        for old, new in variant.hosts.items():
            if old not in hosts or not is_host(new):
                raise Misfit(
                    ("variants", name, "hosts", old), "must be a host of the addresses above, and lead to another"
                )
        for path, address in addresses_of(provider) if variant.hosts else ():
            is_replaced = path[0] == "api_base" and variant.api_base
            if not is_replaced and _host_of(address) not in variant.hosts:
                where = ".".join(map(str, path))
                raise Misfit(("variants", name), f"leaves {where} at {_host_of(address)}: map this host, too")
        for number, base in enumerate(variant.api_base):
            _check_address(provider, ("variants", name, "api_base", number), base)


def _realm(provider: Provider) -> str:
    return (provider.realm and provider.realm.value) or ""
