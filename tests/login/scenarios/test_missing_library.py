"""Without a framework, or without cryptography, the error names the extra."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("hidden", "statement", "extra"),
    [
        ("flask", "import oauthone.login.flask", "flask"),
        ("django", "import oauthone.login.django", "django"),
        ("starlette", "import oauthone.login.starlette", "starlette"),
        ("requests", "from oauthone.login._handlers import requests_client; requests_client()", "requests"),
        (
            "cryptography",
            "from oauthone.login._session_cipher import SessionCipher; SessionCipher([b'secret'])",
            "login",
        ),
    ],
)
def test_a_missing_library_is_reported_with_its_extra(hidden: str, statement: str, extra: str) -> None:
    program = f"import sys; sys.modules[{hidden!r}] = None\n{statement}"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50)

    assert done.stderr.strip().endswith(
        f'ModuleNotFoundError: this needs the {hidden!r} package: pip install "oauthone[{extra}]"'
    )


def test_oauthone_login_loads_no_third_party_library() -> None:
    program = """
import sys, oauthone.login
oauthone.login.OAuth(cache={}).register("box", client_id="x", request_token_url="https://provider.example/request")
print(*sorted({name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50, check=True)

    assert not {"flask", "django", "starlette", "requests", "httpx", "httpx2", "cryptography"} & set(
        done.stdout.split()
    )
