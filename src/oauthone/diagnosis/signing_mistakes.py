"""The table of mistakes in a signature: in what is signed, how it is written, with which key, and how it is sent."""

from oauthone.diagnosis.mistake import Mistake, Party

_ENCODE = "encode each octet except letters, digits, '-', '.', '_' and '~' as '%XX' with capital digits (section 3.6)"
_COLLECT = "sign the parameters of query, form and Authorization header, each once (section 3.4.1.3.1)"
_SORT = "encode the parameters first, and then sort them by name and value, octet by octet (section 3.4.1.3.2)"
_URI = "sign the URI that the request is sent to, without its query, fragment and default port (section 3.4.1.2)"
_KEY = "make the key of both secrets, each percent-encoded, with '&' between them even if one is empty (section 3.4.2)"
_BASE64 = "send the base64 of the signature's octets, percent-encoded once (section 3.4.2)"
_SWAPPED = "look up the order of the arguments of the HMAC function"
_COPY = "copy the secret again, whole and without what surrounds it"
_BODY = "hash the octets that are sent, after compression and every other change"
_PARTS = "percent-encode method, URI and parameters, and join them with '&' (section 3.4.1.1)"

SIGNING_MISTAKES: tuple[Mistake, ...] = (
    # what was signed
    Mistake("query-left-out", "left the query out", _COLLECT),
    Mistake("query-twice", "signed the query twice", _COLLECT),
    Mistake("form-left-out", "left the form body out", _COLLECT),
    Mistake("form-twice", "signed the form body twice", _COLLECT),
    Mistake(
        "body-signed-as-form",
        "signed the body, which is not declared as a form",
        "sign a body only if it is a form, and declare a form: Content-Type application/x-www-form-urlencoded",
    ),
    Mistake(
        "json-signed-as-parameters",
        "signed the members of its JSON body as parameters",
        "do not sign the members: a signature covers JSON by oauth_body_hash, or not at all",
    ),
    Mistake("realm-signed", "signed the realm of the Authorization header", "leave the realm out (section 3.4.1.3.1)"),
    Mistake(
        "signature-signed",
        "signed an empty oauth_signature along with the other parameters",
        "leave oauth_signature out of the base string (section 3.4.1.3.1)",
    ),
    Mistake("parameter-unsigned", "did not sign {}, which it sent", _COLLECT),
    Mistake("unsent-parameter-signed", "signed {}, which it did not send", "send what is signed"),
    Mistake("same-names-collapsed", "kept one of several parameters of the same name", _COLLECT),
    Mistake("empty-values-left-out", "left out the parameters with an empty value", _COLLECT),
    Mistake(
        "arrays-renamed",
        "signed the items of an array under other names than it sent",
        "sign each name as it is sent, with its brackets if it has any",
    ),
    Mistake(
        "encoded-text-signed",
        "signed query or form as they are encoded, without decoding them first",
        "decode names and values, '+' as a space, before they are encoded for the base string (section 3.4.1.3.1)",
    ),
    Mistake(
        "plus-signed-as-plus",
        "signed a '+' of query or form as a plus sign, which stands for a space there",
        "send a space as '%20' and a plus sign as '%2B'",
    ),
    Mistake(
        "decoded-twice",
        "decoded query or form once too often before it signed them",
        "decode names and values once",
    ),
    Mistake(
        "another-charset",
        "signed text in another character set than it sent",
        "sign the octets that are sent, usually those of UTF-8",
    ),
    Mistake(
        "line-ends-changed",
        "signed line breaks as LF, which browsers send as CR LF",
        "sign the octets that are sent: rewrite line ends before you sign",
    ),
    Mistake(
        "white-space-stripped",
        "signed values without the white space around them",
        "sign the values exactly as they are sent",
    ),
    Mistake(
        "another-timestamp-signed",
        "signed another oauth_timestamp than it sent",
        "ask the clock once, and use that time for the signature and for the request",
    ),
    Mistake(
        "header-marks-signed",
        "signed the quotes or commas that stand around the parameters in the Authorization header",
        "sign the values alone, and put them into quotes when you write the header",
    ),
    Mistake("fragment-signed", "signed the fragment of the URL", "remove '#' and what follows it (section 3.4.1.2)"),
    # the URI and the method
    Mistake(
        "other-scheme-signed",
        "signed a URL that begins with {}://, which is not the one of the request",
        "sign the URL that is sent; behind a proxy the server has to know its public URL",
    ),
    Mistake(
        "forwarded-address-signed",
        "signed a URL of {}, which forwarding headers name",
        "tell the server its public URL",
        Party.SERVER,
    ),
    Mistake("port-left-out", "left the port out of the URI", _URI),
    Mistake("default-port-signed", "kept the default port in the URI", _URI),
    Mistake("host-not-in-lower-case", "did not write the host in small letters and without its default port", _URI),
    Mistake(
        "host-in-unicode",
        "did not write the international name of the host in ASCII, with 'xn--'",
        "sign the host as it is sent, in ASCII (punycode)",
    ),
    Mistake(
        "host-header-ignored",
        "signed the host of its URL, but sent another Host header",
        "sign the host that the Host header names",
    ),
    Mistake(
        "loopback-renamed",
        "signed another name of this machine than the request was sent to, such as 'localhost' for 127.0.0.1",
        "sign the host that the request is sent to: these names are different hosts for a signature",
    ),
    Mistake("user-information-signed", "signed the user name or password that stands in the URL before '@'", _URI),
    Mistake("query-in-uri", "left the query in the URI", _URI),
    Mistake("trailing-slash-added", "added a slash at the end of the path", _URI),
    Mistake("trailing-slash-left-out", "left out the slash that the path ends with", _URI),
    Mistake("path-decoded", "decoded the path", "sign the path as it is sent, with its escapes"),
    Mistake("path-encoded-twice", "encoded the path once more than it sent it", "sign the path as it is sent"),
    Mistake("path-normalized", "signed the path in another spelling than it sent", "sign the path as it is sent"),
    Mistake("path-alone-signed", "signed the path without scheme and host", _URI),
    Mistake(
        "signed-before-redirect",
        "signed for a URL that redirected to this one, and sent the same signature again",
        "sign each request of a redirect anew, or use the final URL",
    ),
    Mistake("method-not-in-capitals", "did not write the method in capital letters", "write the method in capitals"),
    Mistake("another-http-method", "signed the method {}", "sign the method that is sent"),
    # how it was written
    Mistake("space-as-plus", "encoded a space as '+' instead of '%20'", _ENCODE),
    Mistake("escapes-in-lower-case", "wrote percent escapes in lower case", _ENCODE),
    Mistake("reserved-left-unencoded", "left some of !*'() unencoded, as the encoders of browsers do", _ENCODE),
    Mistake("slash-left-unencoded", "left slashes unencoded", _ENCODE),
    Mistake("separators-left-unencoded", "left characters such as ':', ',', '@' or '[' unencoded", _ENCODE),
    Mistake(
        "javascript-escape",
        "encoded with JavaScript's escape(), which leaves '@*/+' unencoded and does not encode the octets of UTF-8",
        "use encodeURIComponent, and encode !*'() as well (section 3.6)",
    ),
    Mistake("tilde-encoded", "encoded '~', which stands for itself", _ENCODE),
    Mistake("form-encoder", "used an encoder for HTML forms, which is another encoding", _ENCODE),
    Mistake("encoded-once", "encoded the parameters once instead of twice", _PARTS),
    Mistake("encoded-three-times", "encoded the parameters three times instead of twice", _PARTS),
    Mistake("names-not-encoded", "did not encode the names of the parameters", _ENCODE),
    Mistake("values-not-encoded", "did not encode the values of the parameters", _ENCODE),
    Mistake("unsorted", "did not sort the parameters", _SORT),
    Mistake("sorted-apart", "sorted the protocol parameters apart from the others", _SORT),
    Mistake("sorted-by-name-only", "did not sort the values of one name", _SORT),
    Mistake("sorted-before-encoding", "sorted the parameters before encoding them", _SORT),
    Mistake("sorted-ignoring-case", "sorted capital letters among small ones", _SORT),
    Mistake("sorted-naturally", "sorted numbers in names by their size, so 'item9' before 'item10'", _SORT),
    Mistake("sorted-by-value", "sorted the parameters by their values", _SORT),
    Mistake("sorted-joined", "sorted texts of name, '=' and value instead of names", _SORT),
    Mistake("parts-not-encoded", "joined the parts without encoding them", _PARTS),
    Mistake("uri-not-encoded", "did not encode the URI", _PARTS),
    Mistake("parameters-not-encoded", "did not encode the joined parameters", _PARTS),
    Mistake("line-end-signed", "signed a line break with the base string", _PARTS),
    Mistake(
        "ampersands-of-html", "joined the parameters with '&amp;'", "join them with '&', which only HTML writes so"
    ),
    Mistake("base-string-encoded", "percent-encoded the whole base string once more", _PARTS),
    Mistake("ampersand-too-many", "left an '&' before or after the joined parameters", _PARTS),
    Mistake("ampersand-left-out", "left out an '&' between the parts", _PARTS),
    Mistake("uri-escapes-in-lower-case", "wrote the percent escapes of the URI in lower case", _ENCODE),
    # with which key
    Mistake(
        "token-secret-left-out",
        "signed with an empty token secret: keep the secret that came with the token",
        "pass the secret that came with the token",
    ),
    Mistake("client-secret-left-out", "signed with an empty client secret", "pass the client secret"),
    Mistake("secrets-swapped", "exchanged the client's and the token's secret", "the client's secret comes first"),
    Mistake("client-secret-as-token-secret", "used the client secret as the token secret too", _KEY),
    Mistake(
        "identifier-as-secret", "signed with an identifier in place of its secret", "pass the secrets to sign with"
    ),
    *(
        Mistake(f"{secret}-secret-{fault}", f"signed with a {secret} secret that {what}", _COPY, Party.CREDENTIALS)
        for secret in ("client", "token")
        for fault, what in (
            ("with-white-space", "begins or ends in a line break or a space"),
            ("without-white-space", "lacks the line break or space at its end"),
            ("with-quotes", "is in quotes, or should be"),
            ("with-byte-order-mark", "begins with a byte order mark"),
            ("in-another-case", "is in capital or small letters"),
            ("decoded", "is decoded"),
            ("cut", "lacks a character at one end"),
        )
    ),
    Mistake(
        "nothing-as-token-secret",
        "signed with a word for nothing, such as 'undefined' or 'None', as the token secret",
        "pass the token secret, or an empty text if there is no token",
    ),
    Mistake(
        "hash-instead-of-hmac",
        "hashed the base string together with the key, which is not HMAC",
        "use the HMAC function of the language, with the key and the base string as its arguments (section 3.4.2)",
    ),
    Mistake("key-and-text-swapped", "used the base string as the key, and the key as the text", _SWAPPED),
    Mistake("secrets-not-encoded", "did not percent-encode the secrets", _KEY),
    Mistake("secrets-encoded-twice", "encoded the secrets twice", _KEY),
    Mistake("secrets-badly-encoded", "encoded the secrets in another way than the protocol's", _ENCODE),
    Mistake("key-without-ampersand", "left out the '&' after the client's secret", _KEY),
    Mistake(
        "secrets-decoded-to-octets",
        "decoded the secrets from base64 or hexadecimal to the octets of the key",
        "use the secrets as the text that they are, even if they look like base64 or digits",
    ),
    Mistake("key-encoded-whole", "encoded the whole key, with its '&'", _KEY),
    Mistake("rsa-key-as-secret", "signed with the text of the RSA key as the secret", "use an RSA signature method"),
    Mistake(
        "signed-with",
        "signed with {}, though the request names another signature method",
        "send the name of the method that signs as oauth_signature_method",
    ),
    # how the signature was sent
    Mistake(
        "signature-not-encoded", "did not percent-encode the signature, whose '+' then arrived as a space", _BASE64
    ),
    Mistake("signature-encoded-twice", "percent-encoded the signature twice", "percent-encode it once"),
    Mistake("blanks-around-signature", "sent a line break or a space around the signature", _BASE64),
    Mistake("signature-in-url-base64", "sent the base64 of URLs, with '-' and '_'", _BASE64),
    Mistake("signature-without-padding", "left out the '=' that base64 ends with", _BASE64),
    Mistake("signature-in-hexadecimal", "sent the signature in hexadecimal instead of base64", _BASE64),
    Mistake(
        "hexadecimal-in-base64", "sent the base64 of hexadecimal digits instead of the signature's octets", _BASE64
    ),
    Mistake("base64-twice", "sent the base64 of base64", _BASE64),
    # oauth_body_hash
    Mistake(
        "body-hash-in-hexadecimal", "wrote oauth_body_hash in hexadecimal", "send the base64 of the digest's octets"
    ),
    Mistake("empty-body-hashed", "hashed an empty body", _BODY),
    Mistake(
        "body-hash-of-other-algorithm",
        "hashed the body with {}, which is not the hash of the signature method",
        "hash the body with the hash of the signature method",
    ),
    Mistake("other-body-hashed", "hashed another body than the one that was sent", _BODY),
    Mistake("key-in-base64", "sent the secrets in base64", "send the two secrets, joined with '&' (section 3.4.4)"),
)
