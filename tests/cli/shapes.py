"""What a command prints with ``--json`` is what the schema in the docs says, without a member that it lacks."""

import json
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
from jsonschema import Draft202012Validator

from oauthone.cli.main import ENTRIES, tree

SCHEMA = Path(__file__).parents[2] / "docs" / "_static" / "cli.schema.json"


def command_names() -> list[str]:
    """Return the name of each command, and of each subcommand after that of its command."""
    found: list[str] = []
    for entry in ENTRIES:
        found.append(entry.name)
        command = tree.get_command(click.Context(tree), entry.name)
        if isinstance(command, click.Group):
            found += [f"{entry.name}-{name}" for name in command.commands]
    return found


def check_output(words: Sequence[str], stdout: str) -> None:
    """Check what came on stdout, if the words of a command ask for JSON; otherwise do nothing."""
    if "--json" not in words and ("--as", "json") not in pairwise(words):
        return
    lines = stdout.splitlines()
    assert lines or "serve" in words, "nothing was printed"
    for line in lines:
        check_object(name_of(words), json.loads(line))


def check_object(name: str, found: Any) -> None:
    """Check one object against the definition of this name in the schema."""
    validator(name).validate(found)


def name_of(words: Sequence[str]) -> str:
    """Return the name of the command that runs; ``failure`` if it names none."""
    names = command_names()
    command = next((word for word in words if word in names), None)
    if command is None:
        return "failure"
    below = words[[*words].index(command) + 1 :]
    return next((f"{command}-{word}" for word in below if f"{command}-{word}" in names), command)


@cache
def validator(name: str) -> Draft202012Validator:
    """Return what checks an object, and knows no members but those that are documented."""
    schema = closed(json.loads(SCHEMA.read_text("utf-8")))
    assert name in schema["$defs"], f"{SCHEMA.name} lacks {name}"
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]})


def closed(schema: Any) -> Any:
    """Return a schema that takes no further members, which a later version may add."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: closed(one) for name, one in schema.items()}
    is_object = found.get("type") == "object" and "properties" in found
    return {"additionalProperties": False, **found} if is_object else found
