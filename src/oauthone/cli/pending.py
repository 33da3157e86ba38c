"""Logins between the first leg and the last: their secrets in the vault, the rest in a file, for ten minutes."""

import json
import time
from pathlib import Path
from typing import Any, NamedTuple

from oauthone.cli.credentials import Credentials
from oauthone.cli.login_plan import Plan
from oauthone.cli.output import CommandError, Exit
from oauthone.cli.places import state_folder
from oauthone.cli.private_files import read_json, write_private
from oauthone.cli.profiles import LISTS, Profile, check_name
from oauthone.cli.settings import provider_of
from oauthone.cli.vault import Vault, open_vault

LIFETIME = 600


class Pending(NamedTuple):
    """A login that has begun. Its repr hides the temporary credentials."""

    plan: Plan
    vault: Vault
    temporary: dict[str, Any]
    began: float

    def __repr__(self) -> str:
        return f"Pending({self.plan.name!r}, …)"


def keep(plan: Plan, vault: Vault, temporary: dict[str, Any]) -> None:
    """Keep a login that has begun."""
    secrets = {
        "token": temporary["oauth_token"],
        "token_secret": temporary["oauth_token_secret"],
        "client_secret": plan.credentials.client_secret,
        "rsa_password": plan.credentials.rsa_password,
    }
    vault.save(_item(plan.name), {name: value for name, value in secrets.items() if value is not None})
    profile = {name: value for name, value in plan.profile._asdict().items() if value not in (None, ())}
    kept = {"store": vault.kind, "began": int(time.time()), "profile": profile}
    write_private(_path(plan.name), json.dumps(kept) + "\n")


def drop(plan: Plan, vault: Vault) -> None:
    """Forget it."""
    _path(plan.name).unlink(missing_ok=True)
    vault.delete(_item(plan.name))


def load(name: str) -> Pending:
    """Return a login that has begun.

    Raises:
        CommandError: there is none, or its address is dead.
    """
    kept = read_json(_path(check_name(name)))
    if not kept:
        raise CommandError(
            Exit.NO_TOKEN, f"No login {name!r} has begun, or it is finished.", "Begin one: oauthone login … --begin",
            code="not_begun",
        )  # fmt: skip
    vault = open_vault(kept["store"])
    values: dict[str, Any] = {key: tuple(value) if key in LISTS else value for key, value in kept["profile"].items()}
    profile = Profile(**values)
    secrets = vault.load(_item(name)) or {}
    credentials = Credentials(
        profile.client_id, secrets.get("client_secret"), rsa_key=profile.rsa_key,
        rsa_password=secrets.get("rsa_password"),
    )  # fmt: skip
    plan = Plan(name, profile, credentials, provider_of(profile), {})
    age = time.time() - kept["began"]
    if age > LIFETIME or "token" not in secrets:
        drop(plan, vault)
        raise CommandError(
            Exit.NO_TOKEN,
            f"Login {name!r} began {age / 60:.0f} minutes ago, so its address is dead.",
            "Begin again: oauthone login … --begin",
            code="too_late",
        )
    temporary = {"oauth_token": secrets["token"], "oauth_token_secret": secrets["token_secret"]}
    return Pending(plan, vault, temporary, kept["began"])


def _item(name: str) -> str:
    return f"{name} (pending)"


def _path(name: str) -> Path:
    return state_folder() / f"pending-{name}.json"
