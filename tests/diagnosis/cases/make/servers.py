"""Servers of oauthlib and of Authlib on loopback, each with its own answers: `servers.py NAME PORT`."""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from authlib.oauth1 import ResourceProtector
from authlib.oauth1.rfc5849.errors import OAuth1Error
from oauthlib.oauth1 import RequestValidator, ResourceEndpoint

KEY, SECRET = "dpf43f3p2l4k3l03nnnn", "kd94hf93k+423/kf44A="
TOKEN, TOKEN_SECRET = "nnch734d00sl2jdkpppp", "pfkkdhi9sl3r/4s00+Q="
#: A client whose secret was renewed on the server's side, and that is known with its new one.
RENEWED, NEW_SECRET = "renewed3p2l4k3l03nnn", "aQ7+renewed/Zk18fK9="
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # it is read with each request
FORM = "application/x-www-form-urlencoded"


class Validator(RequestValidator):
    enforce_ssl = False
    dummy_client = dummy_access_token = "dummydummydummydummy"
    nonce_length = (1, 99)
    allowed_signature_methods = ("HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT")

    def validate_client_key(self, client_key, request):
        return client_key in (KEY, RENEWED)

    def validate_access_token(self, client_key, token, request):
        return token == TOKEN or not token

    def validate_timestamp_and_nonce(self, *_, **__):
        return True

    def validate_realms(self, *_, **__):
        return True

    def get_client_secret(self, client_key, request):
        return NEW_SECRET if client_key == RENEWED else SECRET

    def get_access_token_secret(self, client_key, token, request):
        return TOKEN_SECRET if token else ""


class Credential:
    def __init__(self, identifier, secret):
        self.identifier, self.secret = identifier, secret

    def get_client_secret(self):
        return self.secret

    def get_oauth_token(self):
        return self.identifier

    def get_oauth_token_secret(self):
        return self.secret

    def get_rsa_public_key(self):
        return None


class Protector(ResourceProtector):
    SUPPORTED_SIGNATURE_METHODS = ("HMAC-SHA1", "PLAINTEXT")

    def get_client_by_id(self, client_id):
        return {KEY: Credential(KEY, SECRET), RENEWED: Credential(RENEWED, NEW_SECRET)}.get(client_id)

    def get_token_credential(self, request):
        return Credential(TOKEN, TOKEN_SECRET) if request.token == TOKEN else None

    def exists_nonce(self, nonce, request):
        return nonce == "usednonce"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        scheme = self.headers.get("X-Forwarded-Proto", "http")
        url = f"{scheme}://{self.headers['Host']}{self.path}"
        headers = {k: v for k, v in self.headers.items() if k in ("Authorization", "Content-Type")}
        status, kind, text = self.judge(self.command, url, body.decode("latin-1"), headers)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status == 401:
            self.send_header("WWW-Authenticate", 'OAuth realm="api"')
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def judge(self, method, url, body, headers):
        if sys.argv[1] == "oauthlib":
            try:
                valid, _ = ResourceEndpoint(Validator()).validate_protected_resource_request(url, method, body, headers)
            except ValueError as error:
                return 400, "text/plain", str(error)
            return (200, "text/plain", "welcome") if valid else (401, "text/plain", "Unauthorized")
        form = body if FORM in headers.get("Content-Type", "") else None
        try:
            Protector().validate_request(method, url, form, headers)
        except OAuth1Error as error:
            return error.status_code, "application/json", json.dumps(dict(error.get_body()))
        if "/limited" in url:
            return 429, "application/json", '{"message": "Too many requests, try again in 60 seconds."}'
        if "/forbidden" in url:
            return 403, "application/json", '{"message": "This user is not permitted to do this."}'
        return 200, "application/json", "{}"

    def log_message(self, *_):
        pass


HTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
