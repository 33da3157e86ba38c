"""The programs in other languages still make the requests that `cases/*.json` keeps, each with its mistake.

A signature is made anew each time, so a fresh request differs from the kept one in nonce, timestamp and signature.
"""

import base64
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sampling import FULL

from oauthone.diagnosis import diagnose

FOLDER = Path(__file__).parent.parent / "cases"
# Debian keeps the modules of its packages of Node there, which another Node does not search.
MODULES = os.pathsep.join(filter(None, (os.environ.get("NODE_PATH"), "/usr/share/nodejs")))
ENVIRONMENT = {**os.environ, "NODE_PATH": MODULES}
PROGRAMS = {
    "bash": (["bash", "clients.sh"], "bash and openssl"),
    "go": (["go", "run", "clients.go"], "golang-go"),
    # It runs once and briefly, so further compilers and threads for the garbage cost more than they save.
    "java": (["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "Clients.java"], "default-jdk-headless"),
    "javascript": (["node", "clients.js"], "nodejs, node-oauth-sign and node-oauth-1.0a"),
    "perl": (["perl", "clients.pl"], "libnet-oauth-perl"),
    "php": (["php", "clients.php"], "php-cli"),
    "ruby": (["ruby", "clients.rb"], "ruby and ruby-oauth"),
}
LACKING = ("Cannot find module", "Can't locate", "cannot load such file", "compiler module")
VARYING = re.compile(r'(oauth_(?:nonce|timestamp|signature))="?[^",&]*"?')


def kept(language: str) -> dict[str, dict[str, Any]]:
    return {case["name"]: case for case in json.loads((FOLDER / f"{language}.json").read_text("utf-8"))}


def output_of(language: str) -> str:
    command, packages = PROGRAMS[language]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed: install {packages}")
    ran = subprocess.run(command, cwd=FOLDER / "make", env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if ran.returncode and any(words in ran.stderr for words in LACKING):
        pytest.skip(f"a library of the program in {language} is not installed: install {packages}")
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def request_of(line: str) -> tuple[str, dict[str, Any]]:
    name, _, _, _, _, method, url, header, kind, body, _ = line.split("\t")
    headers = [["Authorization", header]] * bool(header) + [["Content-Type", kind]] * bool(kind)
    return name, {"method": method, "url": url, "headers": headers, "body": base64.b64decode(body)}


def shape(request: dict[str, Any]) -> list[str]:
    """What of a request is the same each time: all but the values of nonce, timestamp and signature."""
    texts = (request["method"], request["url"], json.dumps(request["headers"]), request["body"])
    return [VARYING.sub(r"\1", text.replace("\\", "")) for text in texts]


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_program_makes_the_requests_that_are_kept(language: str) -> None:
    cases = kept(language)
    made = dict(request_of(line) for line in output_of(language).splitlines())
    assert made.keys() == cases.keys()
    for number, (name, request) in enumerate(made.items()):
        text = {**request, "body": request["body"].decode("latin-1")}
        assert shape(text) == shape(cases[name]["request"]), name
        if number % 3 and not FULL:
            continue
        # Without an answer, the signature alone tells: what it tells of the kept request, it tells of the fresh one.
        credentials = cases[name]["credentials"]
        before = {**cases[name]["request"], "body": cases[name]["request"]["body"].encode("latin-1")}
        assert diagnose(**request, **credentials).mistakes == diagnose(**before, **credentials).mistakes, name
