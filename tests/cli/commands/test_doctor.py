"""``oauthone doctor``."""

import hmac
import json
import os
from pathlib import Path
from typing import Any

import pytest

from oauthone.cli import profiles
from oauthone.cli.commands import doctor
from oauthone.cli.private_files import write_private
from oauthone.testing import ProviderBox

from ..conftest import Run


def lines(run: Run, *words: str) -> dict[str, str]:
    """Return the lines by their subjects, with the mark before each text; and the exit status."""
    done = run("doctor", *words)
    assert done.exit_code != 1, done.stderr
    found = {line[2:15].strip(): f"{line[0]} {line[15:]}" for line in done.stdout.splitlines()}
    return {**found, "status": str(done.exit_code)}


def test_a_machine_without_a_profile(run: Run) -> None:
    found = lines(run)
    assert found["oauthone"].startswith("✓ ")
    assert found["profiles"] == "· 0; none is in use"
    assert found["keyring"].startswith("· none answers")
    assert found["SHA-1"] == "✓ is available"
    assert found["status"] == "0"


def test_credentials_of_the_environment_need_no_profile(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHONE_CLIENT_ID", "id")
    assert lines(run, "--offline")["profile"].startswith("✗ ")
    monkeypatch.setenv("OAUTHONE_CLIENT_SECRET", "canary")
    found = lines(run, "--offline")
    assert (found["profile"][0], "environment" in found["profile"], "profiles" in found) == ("✓", True, False)


def test_a_profile_and_its_clock(run: Run, profile: str, box: ProviderBox) -> None:
    found = lines(run)
    assert found["profile"] == "✓ box, signing with HMAC-SHA1"
    assert found["clock"].startswith("✓ 0 s") or found["clock"].startswith("✓ 1 s")
    before = len(box.requests)
    assert "clock" not in lines(run, "--offline")
    assert len(box.requests) == before


def test_a_clock_that_is_off(run: Run, profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    now = time.time()
    monkeypatch.setattr(doctor.time, "time", lambda: now + 1000)
    found = lines(run)
    assert found["clock"] == "✗ 1000 s ahead of the provider's" or found["clock"].startswith("✗ 100")
    assert found["status"] == "9"


def test_a_provider_that_does_not_answer(run: Run, profile: str) -> None:
    run("profiles", "set", profile, "base_url=http://127.0.0.1:9")
    found = lines(run)
    assert found["clock"].startswith("✗ http://127.0.0.1:9: ")


@pytest.mark.skipif(os.name != "posix", reason="modes mean nothing there")
def test_files_that_others_can_read_and_tokens_that_wait(run: Run, profile: str, home: Path) -> None:
    (home / "credentials.json").chmod(0o644)
    write_private(home / "rescued-one.json", "{}")
    found = lines(run, "--offline")
    assert found["secrets"].startswith("✗ others can read ")
    assert found["rescued"].endswith(f"oauthone import rescued {home / 'rescued-one.json'}")
    assert found["profile"].startswith("✗ Others can read")
    assert found["status"] == "9"


def test_which_way_of_signing_a_provider_takes(run: Run, profile: str, box: ProviderBox) -> None:
    assert lines(run, profile)["probe"].startswith("· no URL to try")
    run("profiles", "set", profile, f"identity_url={box.echo_url}")
    assert lines(run, profile)["probe"].startswith("✓ The provider takes what this client sends")


def test_what_the_environment_says(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:canary@proxy.example:8080")
    found = run("doctor")
    assert "proxy.example:8080" in found.stdout
    assert "canary" not in found.stdout


def test_a_system_without_sha1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any) -> Any:
        raise ValueError("disabled for fips")

    monkeypatch.setattr(hmac, "new", forbidden)
    assert doctor._sha1().grade == "problem"


def test_a_mac_and_a_library_that_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "has_keyring", lambda: True)
    monkeypatch.setattr(doctor, "keyring_backend", object)
    monkeypatch.setattr(doctor.platform, "system", lambda: "Darwin")
    monkeypatch.setattr(doctor, "_LIBRARIES", ("not-there",))
    found = run("doctor").stdout
    assert "grants access to this Python" in found
    assert "not-there    is not installed" in found


def test_json(run: Run) -> None:
    found = json.loads(run("doctor", "--json").stdout)
    assert (found["ok"], found["exit"]) == (True, 0)
    assert {"grade", "subject", "text"} == set(found["findings"][0])
    assert profiles.names() == []
