"""``oauthone login`` with a real browser, in which a person presses the button."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from oauthone.testing import ProviderBox

#: In place of a browser: writes down the address that it should open.
_NOTE = "import sys; open(sys.argv[1], 'w').write(sys.argv[2])"


@pytest.mark.parametrize(("button", "title"), [("Approve", "Back at the terminal"), ("Deny", "Nothing was saved")])
def test_a_login_through_the_browser(chromium: Any, box: ProviderBox, tmp_path: Path, button: str, title: str) -> None:
    """The code does not stay in the address bar, a reload shows the same page, and nothing is loaded besides."""
    note, program = tmp_path / "address", tmp_path / "browser.py"
    program.write_text(_NOTE)
    command = [
        *(sys.executable, "-m", "oauthone", "login", "-p", "one", "--request-token-url", box.request_token_url),
        *("--authorize-url", box.authorize_url, "--access-token-url", box.access_token_url),
        *("--client-id", box.client.client_id, "--client-secret", "env:SECRET", "--store", "file"),
        *("--browser", f"{sys.executable} {program} {note}"),
    ]
    environment = {**os.environ, "OAUTHONE_HOME": str(tmp_path / "home"), "SECRET": box.client.client_secret}
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    process.stderr.readline()
    address = process.stderr.readline().strip()
    context = chromium.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(address)
        page.get_by_role("button", name=button).click()
        page.get_by_role("heading", name=title).wait_for(timeout=10_000)
        assert page.url.endswith("/done" if button == "Approve" else "/refused")
        assert page.evaluate("history.length") <= 4
    finally:
        context.close()
        said = process.communicate(timeout=30)[1]
    assert process.returncode == (0 if button == "Approve" else 7), said
    assert ("✓ Logged in" in said) is (button == "Approve")
