"""
A small SAML identity provider: real metadata, real assertions, signed with its key by the SP's own library.

It serves its metadata and the page that people are sent to; a test writes the answer, true or not.
"""

from __future__ import annotations

import base64
import datetime as dt
import re
import threading
import uuid
import zlib
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from tests.repos.authority import pem_of, self_signed

NAMES = (
    'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
)
METADATA = """<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}">
<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
<ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{url}/sso"/>
</md:IDPSSODescriptor></md:EntityDescriptor>"""
ASSERTION = """<saml:Assertion {names} ID="_{id}" Version="2.0" IssueInstant="{now}">
<saml:Issuer>{issuer}</saml:Issuer><saml:Subject><saml:NameID>{name_id}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData
 NotOnOrAfter="{until}" Recipient="{recipient}" InResponseTo="{request}"/></saml:SubjectConfirmation>
</saml:Subject><saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}"><saml:AudienceRestriction>
<saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{now}"><saml:AuthnContext><saml:AuthnContextClassRef>
urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext>
</saml:AuthnStatement><saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"""
RESPONSE = """<samlp:Response {names} ID="_{id}" Version="2.0" IssueInstant="{now}" Destination="{recipient}"
 InResponseTo="{request}"><saml:Issuer>{issuer}</saml:Issuer><samlp:Status>
<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>{assertion}
</samlp:Response>"""


class Key:
    """A key and the certificate that goes with it."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.private = pem_of(key).decode()
        self.certificate = self_signed(key, "provider of tests").decode()

    def sign(self, xml: str) -> str:
        return OneLogin_Saml2_Utils.add_sign(xml, self.private, self.certificate).decode()


@dataclass
class Answer:
    """What the provider says about one person; each field may be a lie."""

    request: str  #: Id of the request that it answers.
    recipient: str
    audience: str
    issuer: str
    name_id: str = "id-of-erin"
    attributes: dict[str, list[str]] = field(default_factory=lambda: {"uid": ["erin"]})
    minutes: int = 5  #: From now on; negative when it is over.

    def assertion(self) -> str:
        return ASSERTION.format(**self._values(), attributes="".join(map(self._attribute, self.attributes)))

    def response(self, assertion: str) -> str:
        text = RESPONSE.format(**self._values(), assertion=assertion)
        return base64.b64encode(text.encode()).decode()

    def _attribute(self, name: str) -> str:
        values = [f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in self.attributes[name]]
        return f'<saml:Attribute Name="{name}">{"".join(values)}</saml:Attribute>'

    def _values(self) -> dict[str, str]:
        now = dt.datetime.now(dt.UTC)
        until = now + dt.timedelta(minutes=self.minutes)
        moments = {"now": now, "since": min(now, until) - dt.timedelta(minutes=5), "until": until}
        return {
            **{name: f"{moment:%Y-%m-%dT%H:%M:%SZ}" for name, moment in moments.items()},
            **{
                name: getattr(self, name)
                for name in ("request", "recipient", "audience", "issuer", "name_id")
            },
            "names": NAMES,
            "id": uuid.uuid4().hex,
        }


class SamlProvider:
    """A context manager; ``is_down`` makes it answer nothing useful."""

    entity = "https://provider.example/saml"

    def __init__(self) -> None:
        self.key = Key()
        self.is_down = False
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = provider.metadata() if self.path == "/metadata" else "Who are you?"
                self.send_response(503 if provider.is_down else 200)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def metadata(self) -> str:
        lines = self.key.certificate.splitlines()[1:-1]
        return METADATA.format(entity=self.entity, certificate="".join(lines), url=self.url)

    def asked(self, address: str) -> str:
        """Id of the request with which somebody was sent to *address*."""
        packed = base64.b64decode(parse_qs(urlsplit(address).query)["SAMLRequest"][0])
        found = re.search(r'\bID="([^"]+)"', zlib.decompress(packed, -15).decode())
        assert found
        return found[1]
