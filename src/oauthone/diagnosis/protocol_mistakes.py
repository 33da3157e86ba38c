"""The table of mistakes beside the signature: in the protocol's parameters and in the credentials."""

from oauthone.diagnosis.mistake import Mistake, Party

PROTOCOL_MISTAKES: tuple[Mistake, ...] = (
    # the protocol
    Mistake(
        "unsigned",
        "sent the request without a signature",
        "sign it: neither header nor query nor form has an oauth_signature",
    ),
    Mistake(
        "signature-lost-in-redirect",
        "followed a redirect without signing the request for its target",
        "sign each request of a redirect anew, or use the final URL",
    ),
    Mistake(
        "header-malformed",
        "sent an Authorization header that {}",
        'write it as: OAuth name="value", name="value" (section 3.5.1)',
    ),
    Mistake(
        "header-misplaced",
        "sent the protocol parameters in {} instead of the Authorization header",
        "send them in the header Authorization, after the word OAuth (section 3.5.1)",
    ),
    Mistake(
        "json-declared-as-form",
        "sent JSON with the Content-Type of a form, so that servers read and sign it as parameters",
        "declare it: Content-Type application/json; a signature then covers it by oauth_body_hash, or not at all",
    ),
    Mistake("parameter-missing", "did not send {}", "send every parameter that the provider requires (section 3.1)"),
    Mistake(
        "parameter-lost",
        "sent {}, which the server did not read",
        "find what removes it on its way, such as a proxy or a redirect, or send it in another placement",
        Party.NETWORK,
    ),
    Mistake(
        "credentials-unread",
        "sent credentials that the server could not read, or that are incomplete",
        "check that the Authorization header arrives as it is sent, and that neither the client identifier nor the "
        "token is missing or empty",
    ),
    Mistake("parameter-refused", "sent {} with a value that the server refuses", "read the provider's documentation"),
    Mistake("secret-sent", "sent {}, which must never be sent", "leave it out, and replace the secret"),
    Mistake("parameter-twice", "sent {} more than once", "send each protocol parameter once (section 3.1)"),
    Mistake(
        "two-placements",
        "sent protocol parameters in two places: {}",
        "send them in the header, the form or the query, not in two of them (section 3.5)",
    ),
    Mistake(
        "timestamp-in-milliseconds",
        "sent the time in milliseconds as oauth_timestamp",
        "send the seconds since 1970 (section 3.3)",
    ),
    Mistake(
        "timestamp-malformed",
        "sent an oauth_timestamp that is not a number of seconds",
        "send the seconds since 1970",
    ),
    Mistake("clock-off", "has a clock that is {}", "set this machine's clock, or pass a corrected one to the signer"),
    Mistake(
        "timestamp-refused",
        "sent a timestamp that the server refuses",
        "check this machine's clock, and sign right before sending",
    ),
    Mistake("nonce-used", "sent a nonce that was used before", "sign every attempt anew, also when it is repeated"),
    Mistake("version-refused", "sent an oauth_version that the server refuses", 'send "1.0" or leave it out'),
    Mistake(
        "method-refused",
        "used a signature method that the server refuses",
        "use the signature_method that the provider documents",
    ),
    Mistake(
        "method-unknown",
        "named a signature method that does not exist",
        "send one of the method's registered names",
    ),
    Mistake(
        "client-unknown",
        "sent a client identifier that the server does not know",
        "check the client identifier, and that it is registered at this server, not at its sandbox",
        Party.CREDENTIALS,
    ),
    Mistake("client-refused", "is refused by the server", "ask the provider about this client", Party.CREDENTIALS),
    Mistake(
        "other-client-id",
        "sent another client identifier than the one that was given",
        "pass the client identifier that belongs to these secrets",
        Party.CREDENTIALS,
    ),
    Mistake(
        "other-token",
        "sent another token than the one that was given",
        "pass the token that belongs to this token secret",
        Party.CREDENTIALS,
    ),
    Mistake("token-missing", "sent no token", "pass the token and its secret, or walk the three-legged flow first"),
    Mistake("token-expired", "sent a token that has expired", "let the user authorize again", Party.CREDENTIALS),
    Mistake("token-revoked", "sent a token that was revoked", "let the user authorize again", Party.CREDENTIALS),
    Mistake("token-used", "sent a token that was used up", "let the user authorize again", Party.CREDENTIALS),
    Mistake(
        "token-refused",
        "sent a token that the server does not accept",
        "check that the token was issued to this client, by this server, and was not revoked",
        Party.CREDENTIALS,
    ),
    Mistake(
        "permission-missing",
        "lacks a permission",
        "let the user authorize again with this permission",
        Party.CREDENTIALS,
    ),
    Mistake("not-yet-authorized", "came before the user decided", "wait until the user has decided"),
    Mistake("user-refused", "was denied access by the user", "respect it, or ask again", Party.CREDENTIALS),
    Mistake("callback-refused", "sent a callback that is not registered", "register the callback at the provider"),
    Mistake(
        "verifier-refused", "sent a verifier that is wrong", "send the verifier of the callback, or of the PIN page"
    ),
    Mistake(
        "placement-refused",
        "sent the protocol parameters in the {}, where the server does not read them",
        "send them where the request that works has them",
    ),
    Mistake(
        "other-secrets",
        "and the server have different secrets, unless the server does not know this client or this token",
        "copy all credentials again, from the same page of the provider",
        Party.CREDENTIALS,
    ),
    Mistake(
        "other-request-received",
        "signed another request than the one that the server received",
        "find what changes the request on its way: a proxy, a redirect, a library",
        Party.NETWORK,
    ),
    Mistake("realm-missing", "did not send the realm that the request that works has", "pass that realm"),
    Mistake("realm-refused", "sent a realm, which the request that works does not have", "leave the realm out"),
    Mistake(
        "other-realm", "sent another realm than the request that works", "pass the realm of the request that works"
    ),
    Mistake("parameter-unwanted", "sent {}, which the request that works does not have", "leave it out"),
    Mistake("other-scheme", "used {}:// where the request that works uses the other scheme", "use the URL that works"),
    Mistake("other-host", "sent the request to another host than the one that works", "use the URL that works"),
)
