"""The log of signatures, the logger ``oauthone.signing``: one record of level DEBUG for each request that is signed."""

import logging

from oauthone.core.masking import mask_secrets
from oauthone.core.signed import Signed
from oauthone.core.signing import Signer

LOG = logging.getLogger("oauthone.signing")


def log_signature(signer: Signer, signed: Signed) -> None:
    """Log what was signed, and with which credentials. Secrets, and values that may be secret, are left out.

    Call it only if ``LOG`` has a level of its own and is enabled for DEBUG. Otherwise a request costs nothing more, and
    a program that sets the root logger to DEBUG does not write the parameters of its requests into its log.

    Args:
        signer: what signed the request.
        signed: the signed request.
    """
    client_secret, token_secret = signer.secrets
    LOG.debug(
        "signed with %s in the %s; client %r %s, token %r %s; base string: %s",
        signer.signature_method.name,
        signer.placement.value.lower(),
        signer.client_id,
        _whether_secret(client_secret),
        signer.token,
        _whether_secret(token_secret),
        mask_secrets(signed.base_string),
    )


def _whether_secret(secret: str) -> str:
    if not secret:
        return "without a secret"
    return "with a secret" if secret == secret.strip() else "with a secret that has white space around it"
