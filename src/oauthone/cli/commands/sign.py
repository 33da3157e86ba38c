"""``oauthone sign``: sign a request, and send nothing."""

import shlex
from typing import Any

import click

from oauthone import __version__
from oauthone.cli.curl_options import BodyCommand, Draft, body_options, read_draft
from oauthone.cli.destinations import absolute, check_origin
from oauthone.cli.options import common_options, signing_options
from oauthone.cli.output import CommandError, Exit, common, result, say
from oauthone.cli.settings import Settings, resolve, signer_arguments
from oauthone.core.masking import mask_secrets
from oauthone.core.signed import Signed
from oauthone.core.signing import Signer

_FORMS = ("header", "url", "body", "curl", "json")
#: The placement with which a form alone has the signature.
_PLACES = {"header": "header", "url": "query", "body": "body"}


@click.command(cls=BodyCommand)
@click.argument("http_method", metavar="METHOD")
@click.argument("url")
@click.option("--as", "form", type=click.Choice(_FORMS), metavar="FORM", help="header, url, body, curl or json.")
@click.option("--nonce", metavar="TEXT", help="A nonce, to reproduce a signature.")
@click.option("--timestamp", type=int, metavar="SECONDS", help="A timestamp, likewise.")
@click.option("--no-version", is_flag=True, help="Leave oauth_version out.")
@click.option("--any-origin", is_flag=True, help="Sign for an origin that the profile does not name.")
@click.option("--reveal", is_flag=True, help="Print a PLAINTEXT signature, which is the secrets.")
@body_options
@signing_options
@common_options
def command(http_method: str, url: str, **given: Any) -> None:
    """Sign a request and print what to send. Nothing is sent.

    \b
    oauthone sign GET https://api.example/photos?size=original
    oauthone sign POST /photos --data-urlencode 'title=sea view' --as curl
    """
    settings = resolve(given)
    draft = read_draft(http_method, absolute(settings, url), given)
    check_origin(settings, draft.url, any_origin=given["any_origin"])
    draft = _with_user_agent(draft, settings)
    signer = Signer(**signer_arguments(settings))
    if signer.signature_method.name == "PLAINTEXT" and not given["reveal"]:
        raise CommandError(
            Exit.USAGE, "A PLAINTEXT signature is the secrets themselves.", "--reveal prints it all the same."
        )
    signed = signer.sign(
        draft.method, draft.url, draft.headers, draft.body, nonce=given["nonce"], timestamp=given["timestamp"]
    )
    print_signed(draft, signed, given["form"] or _usual_form(signed, draft))
    if given["nonce"] is None and not common().json:
        say("Good once, for about five minutes.")


def _with_user_agent(draft: Draft, settings: Settings) -> Draft:
    """Return a draft with the User-Agent that the provider requires, if it has none."""
    is_required = settings.provider is not None and settings.provider.user_agent is not None
    if not is_required or any(name.lower() == "user-agent" for name, _ in draft.headers):
        return draft
    return draft._replace(headers=[*draft.headers, ("User-Agent", f"oauthone/{__version__}")])


def _usual_form(signed: Signed, draft: Draft) -> str:
    if signed.authorization is not None:
        return "header"
    return "url" if signed.url != draft.url else "body"


def print_signed(draft: Draft, signed: Signed, form: str) -> None:
    """Print a signed request in a form."""
    body = None if signed.body is None else as_text(signed.body)
    texts = {"header": signed.authorization or "", "url": signed.url, "body": body or "", "curl": "", "json": ""}
    text = curl_command(draft, signed) if form == "curl" else texts[form]
    if form in _PLACES and "oauth_signature" not in texts[form]:
        raise CommandError(
            Exit.USAGE, f"The signature is not in the {form}, so --as {form} would print none.",
            f"--placement {_PLACES[form]} puts it there.",
        )  # fmt: skip
    common().json = common().json or form == "json"
    result(
        text,
        authorization=signed.authorization,
        url=signed.url,
        body=body,
        base_string=mask_secrets(signed.base_string),
        nonce=signed.nonce,
        timestamp=int(signed.timestamp),
    )


def as_text(body: Any) -> str:
    """Return a body as text."""
    return body.decode("utf-8", "backslashreplace") if isinstance(body, bytes) else str(body)


def curl_command(draft: Draft, signed: Signed) -> str:
    """Return the command of curl that sends a signed request."""
    words = ["curl"]
    if draft.method != ("GET" if signed.body is None else "POST"):
        words += ["-I"] if draft.method == "HEAD" else ["-X", draft.method]
    if signed.authorization is not None:
        words += ["-H", f"Authorization: {signed.authorization}"]
    headers = [*draft.headers, *([("Content-Type", signed.content_type)] if signed.content_type else [])]
    for name, value in headers:
        if (name.lower(), value) != ("content-type", "application/x-www-form-urlencoded"):
            words += ["-H", f"{name}: {value}"]
    words += [] if signed.body is None else ["--data-raw", as_text(signed.body)]
    return shlex.join([*words, signed.url])
