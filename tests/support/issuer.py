"""An issuer of OpenID Connect on a port of this machine: keys, tokens, and signing in by a code."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.support.registers import bearer

PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CLIENT, SECRET = "icr-pages", "ge:heim +%&ế"
SETTINGS: dict[str, Any] = {
    "oidc_audience": "icr",
    "oidc_name_claim": "name",
    "oidc_client_id": CLIENT,
    "oidc_client_secret": SECRET,
}
"""The settings of a service at which people sign in by the issuer, but for its address."""
CLAIMS: dict[str, Any] = {}
"""What tokens for pages say besides; tests put in what they are about."""
REFUSALS: list[tuple[int, object]] = []
"""How the token endpoint refuses all that is asked of it; tests put in what they are about."""
DISCOVERIES: list[str] = []
"""The requests for the discovery document, of all issuers."""


class _Server(ThreadingHTTPServer):
    """The issuer, with the sign-ins that were begun by their codes."""

    def __init__(self, until: Event | None) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.until = until
        self.begun: dict[str, dict[str, str]] = {}


class _Answering(BaseHTTPRequestHandler):
    server: _Server

    @property
    def url(self) -> str:
        return f"http://{self.headers['Host']}"

    def do_GET(self) -> None:
        if self.server.until is not None:
            self.server.until.wait()
        parts = urlsplit(self.path)
        if parts.path == "/authorize":
            self.authorize(_single(parts.query))
            return
        discovery = {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/keys",
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
        }
        if parts.path != "/keys":
            DISCOVERIES.append(self.url)
        self.answer({"keys": [_jwk()]} if parts.path == "/keys" else discovery)

    def authorize(self, asked: dict[str, str]) -> None:
        code = f"code-{len(self.server.begun)}-<b>&"
        self.server.begun[code] = asked
        given = {"code": code, "state": asked["state"], "iss": self.url, "a_vendors_own": "x"}
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(given)}")
        self.end_headers()

    def do_POST(self) -> None:
        form = _single(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if REFUSALS:
            status, content = REFUSALS[0]
            self.answer(content, status)
            return
        asked = self.server.begun.pop(form["code"], None)
        if asked is None or not self.is_right(asked, form):
            self.answer({"error": "invalid_grant"}, 400)
            return
        claims = claims_of(self.url, "editor", CLIENT, "06@2025-06-30")
        claims |= {"nonce": asked["nonce"]} | CLAIMS
        self.answer({"id_token": signed(claims), "token_type": "Bearer"})

    def is_right(self, asked: dict[str, str], form: dict[str, str]) -> bool:
        hashed = hashlib.sha256(form["code_verifier"].encode()).digest()
        # Both are encoded as in forms first (RFC 6749, 2.3.1).
        basic = base64.b64encode(b"icr-pages:ge%3Aheim+%2B%25%26%E1%BA%BF").decode()
        return (
            form["grant_type"] == "authorization_code"
            and asked["code_challenge_method"] == "S256"
            and asked["code_challenge"] == base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
            and asked["redirect_uri"] == form["redirect_uri"]
            and self.headers["Authorization"] == f"Basic {basic}"
        )

    def answer(self, content: object, status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


def _single(query: str) -> dict[str, str]:
    return {name: one for name, (one,) in parse_qs(query).items()}


def _jwk() -> dict[str, str]:
    jwk = json.loads(RSAAlgorithm.to_jwk(PRIVATE.public_key()))
    return {name: jwk[name] for name in ("kty", "n", "e")} | {"kid": "one", "use": "sig"}


@contextmanager
def issuer(until: Event | None = None, host: str = "127.0.0.1") -> Iterator[str]:
    """Run an issuer with one key, that may not answer before an event; give its URL."""
    with _Server(until) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://{host}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def claims_of(url: str, role: str, audience: str, *provinces: str) -> dict[str, Any]:
    """Return what the issuer says of somebody."""
    now = int(time.time())
    return {
        "iss": url,
        "aud": audience,
        "sub": "3f1c",
        "name": "Nguyễn Thị Lan",
        "iat": now,
        "exp": now + 60,
        "icr_role": role,
        "icr_provinces": list(provinces),
    }


def signed(claims: dict[str, Any]) -> str:
    """Return a token as the issuer makes it."""
    return jwt.encode(claims, PRIVATE, "RS256", {"kid": "one"})


def token(url: str, role: str, audience: str = "icr", *provinces: str) -> dict[str, str]:
    """Return credentials as the issuer gives them out."""
    return bearer(signed(claims_of(url, role, audience, *provinces)))
