"""The table of mistakes in RSA signatures."""

from oauthone.diagnosis.mistake import Mistake, Party

RSA_MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "another-rsa-key",
        "signed with another RSA key",
        "sign with the key whose public half is registered; if it is that one, find what changes the signature later",
        Party.CREDENTIALS,
    ),
    Mistake(
        "signed-with-pss",
        "used the padding RSASSA-PSS",
        "use the padding RSASSA-PKCS1-v1_5 (section 3.4.3)",
    ),
    Mistake(
        "digest-hashed-again",
        "hashed the base string before it signed, which hashes again",
        "pass the base string to the function that signs, not its digest",
    ),
    Mistake(
        "digest-without-algorithm",
        "signed the digest without the name of its hash",
        "use a function that signs with RSASSA-PKCS1-v1_5, not one that encrypts",
    ),
    Mistake(
        "signature-octets-reversed",
        "sent the octets of the signature in reverse order",
        "send the octets of the signature with the most significant first",
    ),
    Mistake(
        "signature-of-other-length",
        "sent an RSA signature with a zero octet too many or too few at its beginning",
        "send as many octets as the key's modulus has",
    ),
)
