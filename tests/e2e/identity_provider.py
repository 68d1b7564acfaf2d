"""
A small OpenID Connect provider, as a process of its own: discovery, code flow with PKCE, signed id tokens.

``python -m tests.e2e.identity_provider USER GROUP…`` prints its address and serves one person, who is always
logged in there. It checks what a provider must: redirect address, client secret, code used once, verifier.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "jobyard", "secret-of-jobyard"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider(ThreadingHTTPServer):
    """Knows one person."""

    def __init__(self, username: str, groups: list[str]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        email = f"{username}@example.com"
        self.claims = {
            "sub": f"id-of-{username}",
            "preferred_username": username,
            "email": email,
            "groups": groups,
        }
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()

    def grant(self, asked: dict[str, str]) -> str:
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return code

    def redeem(self, sent: dict[str, str]) -> dict[str, Any] | None:
        asked = self.codes.pop(sent.get("code", ""), None)
        if asked is None or (sent.get("client_id"), sent.get("client_secret")) != (CLIENT, SECRET):
            return None
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked.get("code_challenge") != challenge or asked["redirect_uri"] != sent.get("redirect_uri"):
            return None
        token = secrets.token_urlsafe(16)
        self.tokens.add(token)
        now = int(time.time())
        claims = {**self.claims, "iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300}
        signed = jwt.encode(claims, KEY, "RS256", headers={"kid": "1"})
        return {"access_token": token, "token_type": "Bearer", "expires_in": 300, "id_token": signed}


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(place.query).items()}
        match place.path:
            case "/.well-known/openid-configuration":
                self._answer(self._discovery())
            case "/authorize" if query.get("client_id") == CLIENT:
                answer = urlencode({"code": self.server.grant(query), "state": query["state"]})
                self._redirect(f"{query['redirect_uri']}?{answer}")
            case "/userinfo" if self.headers.get("Authorization", "")[7:] in self.server.tokens:
                self._answer(self.server.claims)
            case "/jwks":
                key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
                self._answer({"keys": [{**key, "kid": "1", "use": "sig", "alg": "RS256"}]})
            case _:
                self._answer({"error": "access_denied"}, 401)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        sent = {name: values[0] for name, values in parse_qs(body).items()}
        redeemed = self.server.redeem(sent) if self.path == "/token" else None
        self._answer(redeemed or {"error": "invalid_grant"}, 200 if redeemed else 400)

    def _discovery(self) -> dict[str, Any]:
        url = self.server.url
        return {
            "issuer": url,
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "userinfo_endpoint": f"{url}/userinfo",
            "jwks_uri": f"{url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def _answer(self, value: Any, status: int = 200) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _redirect(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        pass


def main() -> None:
    provider = Provider(sys.argv[1], sys.argv[2:])
    sys.stdout.write(f"{provider.url}\n")
    sys.stdout.flush()
    provider.serve_forever()


if __name__ == "__main__":
    main()
