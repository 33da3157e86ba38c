"""The programs to copy: each works as it is."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from oauthone.testing import ProviderBox
from oauthone.testing.kept import Kept
from oauthone.testing.programs import environment, programs, signed_curl


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    from oauthone.testing.identities import new_private_key

    file = tmp_path_factory.mktemp("kept") / "box.pem"
    file.write_text(new_private_key())
    return Kept(b"seed", new_private_key(), file, False)


@pytest.fixture(scope="module")
def seeded(kept: Kept) -> Iterator[ProviderBox]:
    with ProviderBox(seed=kept.seed, rsa_key=kept.rsa_key) as box:
        kept.issue_tokens(box)
        yield box


def texts(box: ProviderBox, kept: Kept, method: str, *, reveal: bool) -> list[str]:
    made = programs(box, box.clients[method], kept.tokens()[method], str(kept.key_file), reveal=reveal)
    return [program.text for program in made]


@pytest.mark.parametrize("method", ["HMAC-SHA256", "RSA-SHA1"])
def test_a_program_runs(seeded: ProviderBox, kept: Kept, method: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(texts(seeded, kept, method, reveal=True)[0], {})
    said = capsys.readouterr().out
    assert said.startswith("200 {")
    assert f'"oauth_signature_method": "{method}"' in said


def test_the_login_runs(
    seeded: ProviderBox, kept: Kept, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def type_code(question: str) -> str:
        return seeded.visit(capsys.readouterr().out.split()[1])

    monkeypatch.setattr("builtins.input", type_code)
    exec(texts(seeded, kept, "HMAC-SHA1", reveal=True)[1], {})
    assert capsys.readouterr().out == "alice\n"


BASE = "http://127.0.0.1:1"


def test_a_shell_reads_the_variables(seeded: ProviderBox, kept: Kept) -> None:
    """And so do the programs that it starts."""
    client, token = seeded.client._replace(client_secret="a b'$x"), kept.tokens()["HMAC-SHA1"]
    script = environment(client, token, None, BASE) + """sh -c 'printf %s "$OAUTHONE_CLIENT_SECRET|$OAUTHONE_TOKEN"'"""
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout == f"a b'$x|{token.token}"
    assert environment(seeded.clients["RSA-SHA1"], None, str(kept.key_file), BASE) == (
        f"export OAUTHONE_CLIENT_ID=box-rsa-sha1\nexport OAUTHONE_RSA_KEY_FILE={kept.key_file}\n"
        "export OAUTHONE_BASE_URL=http://127.0.0.1:1\n"
    )
    assert "KEY" not in environment(seeded.clients["RSA-SHA1"], None, None, BASE)


def test_no_secret_stands_in_them_unless_asked_for(seeded: ProviderBox, kept: Kept) -> None:
    for method, client in seeded.clients.items():
        shown = "".join(texts(seeded, kept, method, reveal=False))
        secrets = [client.client_secret or "PRIVATE KEY", kept.tokens()[method].token_secret]
        assert [secret in shown for secret in secrets] == [False, False]
        assert "oauth_signature" not in shown


def test_a_client_without_a_token_and_a_box_with_tls() -> None:
    with ProviderBox(tls=True) as box:
        request, *_ = (one.text for one in programs(box, box.client, None, reveal=True))
        assert f", verify={box.ca_file!r})" in request
        assert box.two_legged_url in request
        assert signed_curl(box, box.client).startswith(f"curl --cacert {Path(box.ca_file or '')} -H ")
        done = subprocess.run([sys.executable, "-c", request], capture_output=True, text=True, timeout=40)
    assert done.stdout.startswith("200 ")
