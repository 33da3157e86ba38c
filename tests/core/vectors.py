"""Loads the vectors of tests/vectors/, and makes a test case of each."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from oauthone import RsaKey

DIRECTORY = Path(__file__).parents[1] / "vectors"

#: The files with whole requests, single signing steps, or both.
REQUEST_FILES = ("rfc5849", "oauth_core_1.0", "x_twitter", "libraries", "generated", "disputed")

Vector = dict[str, Any]


@cache
def load(file: str) -> Any:
    """Return the content of one file."""
    return json.loads((DIRECTORY / f"{file}.json").read_text("utf-8"))


def cases(kind: str, *files: str) -> list[Any]:
    """Return the entries of that kind as parameters of a test, each with its ``name`` as id."""
    return [pytest.param(entry, id=entry["name"]) for file in files for entry in load(file) if entry["kind"] == kind]


@cache
def private_key(path: str, password: str | None, min_bits: int) -> RsaKey:
    """Return one of the keys, parsed once for all tests."""
    return RsaKey((DIRECTORY / path).read_bytes(), password, min_bits=min_bits)


def key_of(vector: Vector) -> RsaKey | None:
    """Return the key of a vector, or None."""
    if vector["rsa_private_key"] is None:
        return None
    min_bits = 512 if "weak_key" in vector["tags"] else 2048
    return private_key(vector["rsa_private_key"], vector.get("rsa_key_password"), min_bits)
