"""Values that an application chooses for a provider's parameters."""

import pytest

from oauthone.errors import ConfigurationError
from oauthone.providers._model import Parameter, Table
from oauthone.providers._parameters import chosen_pairs, takes

TABLE = Table(
    {
        "perms": Parameter(values=("read", "write"), means="permissions", note="each includes the ones before"),
        "scope": Parameter(values=("a", "b"), separator=","),
        "level": Parameter(values=("low", "high"), repeat=True),
        "tags": Parameter(separator=" "),
        "name": Parameter(),
        "mode": Parameter(required=True, values=("client",), default="client"),
    }
)
ALWAYS = [("mode", "client")]


@pytest.mark.parametrize(
    ("given", "pairs"),
    [
        ({}, []),
        ({"perms": None}, []),
        ({"perms": "write"}, [("perms", "write")]),
        ({"permissions": "write"}, [("perms", "write")]),
        ({"scope": "b,a"}, [("scope", "b,a")]),
        ({"scope": ["a", "b"]}, [("scope", "a,b")]),
        ({"level": ["low", "high"]}, [("level", "low"), ("level", "high")]),
        ({"level": "low"}, [("level", "low")]),
        ({"tags": ("x", "y")}, [("tags", "x y")]),
        ({"tags": "x y"}, [("tags", "x y")]),
        ({"permissions": "write", "perms": None}, [("perms", "write")]),
        ({"name": ""}, [("name", "")]),
        ({"name": 7}, [("name", "7")]),
        ({"name": True}, [("name", "true")]),
        ({"name": False}, [("name", "false")]),
    ],
    ids=repr,
)
def test_values_that_the_provider_takes(given: dict[str, object], pairs: list[tuple[str, str]]) -> None:
    assert chosen_pairs("box", TABLE, given) == pairs + ALWAYS


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"perms": "delete"}, "perms of 'box' is 'delete', which must be one of read, write; each includes"),
        ({"permissions": "delete"}, "perms of 'box' is 'delete', which must be one of read, write"),
        ({"perms": "read,write"}, "perms of 'box' is 'read,write', which must be one of"),
        ({"scope": "a,c"}, "scope of 'box' is 'c', which must be one or several of a, b"),
        ({"scope": ["a", "c"]}, "scope of 'box' is 'c', which must be one or several of a, b"),
        ({"level": ["low", "mid"]}, "level of 'box' is 'mid', which must be one or several of low, high"),
        ({"tags": ["x y"]}, "tags of 'box' has 'x y', which contains the separator ' '"),
        ({"name": ["x"]}, "name of 'box' has a value of type list: pass text"),
        ({"permissions": "write", "perms": "read"}, "perms and permissions are the same parameter of 'box': pass one"),
        ({"scope": []}, "scope of 'box' is an empty list: pass one or several of a, b, or leave it out"),
        ({"level": ()}, "level of 'box' is an empty list: pass one or several of low, high, or leave it out"),
        ({"tags": []}, "tags of 'box' is an empty list: pass text, or leave it out"),
        ({"nmae": "x"}, "'box' has no parameter nmae here: did you mean name?"),
        ({"q": "x"}, "'box' has no parameter q here: it takes perms \\(one of read, write; each .*, tags, name, mode"),
    ],
    ids=repr,
)
def test_values_that_it_does_not_take(given: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        chosen_pairs("box", TABLE, given)


def test_a_provider_without_parameters() -> None:
    assert chosen_pairs("box", Table(), {}) == []
    with pytest.raises(ConfigurationError, match="'box' has no parameter permissions here: it takes none"):
        chosen_pairs("box", Table(), {"permissions": "read"})
    with pytest.raises(ConfigurationError, match="has no parameter permissions here: it takes lang"):
        chosen_pairs("box", Table({"lang": Parameter()}), {"permissions": "read"})


def test_a_parameter_that_must_be_chosen() -> None:
    table = Table({"scope": Parameter(required=True, values=("a", "b"), note="asked for at registration")})
    assert chosen_pairs("box", table, {"scope": "a"}) == [("scope", "a")]
    with pytest.raises(ConfigurationError, match="'box' needs scope: one of a, b; asked for at registration"):
        chosen_pairs("box", table, {})
    with pytest.raises(ConfigurationError, match="'box' needs user: text"):
        chosen_pairs("box", Table({"user": Parameter(required=True)}), {})


def test_which_names_are_parameters() -> None:
    assert takes(TABLE, "perms")
    assert takes(TABLE, "permissions")
    assert not takes(TABLE, "timeout")
    assert not takes(Table({"name": Parameter()}), "permissions")


@pytest.mark.parametrize("empty", ["", [], None])
def test_a_required_parameter_is_not_empty(empty: object) -> None:
    needed = Table({"scope": Parameter(required=True, separator=","), "user": Parameter(required=True)})
    for name in needed:
        given = {"scope": ["a"], "user": "u", name: empty}
        with pytest.raises(
            ConfigurationError, match=f"'box' needs {name}|{name} of 'box' (is an empty|has a value of)"
        ):
            chosen_pairs("box", needed, given)
    assert chosen_pairs("box", needed, {"scope": ["a"], "user": "u"}) == [("scope", "a"), ("user", "u")]
