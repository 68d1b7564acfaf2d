"""SSH key pairs for reading repositories: checked when they are entered, or made here."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from jobyard_server.registry.errors import RepositoryErrors

GENERATE = "generate"  #: In the place of a key: make one, whose private half is never shown to anybody.
SHORTEST_RSA_BITS = 2048
_LARGEST_BYTES = 16 * 1024
_OPENSSH = "-----BEGIN OPENSSH PRIVATE KEY-----"

_Key = Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey


@dataclass(frozen=True, kw_only=True)
class KeyPair:
    """A key as it is stored."""

    private: str = field(repr=False)  #: In the form of OpenSSH, without pass-phrase.
    public: str  #: One line, for the forge.


def read_private_key(text: str) -> KeyPair:
    """
    The pair of a private key that somebody entered, or a new one for ``generate``.

    Raises:
        RepositoryErrors: It is no private key, has a pass-phrase, or is too weak. Nothing of it is repeated.
    """
    if text.strip() == GENERATE:
        return _pair(Ed25519PrivateKey.generate())
    if len(text) > _LARGEST_BYTES or "PRIVATE KEY" not in text:
        raise _refused("This is not a private key; paste all of the file, from -----BEGIN to END-----.")
    load = load_ssh_private_key if text.lstrip().startswith(_OPENSSH) else load_pem_private_key
    try:
        key = load(text.strip().replace("\r\n", "\n").encode() + b"\n", password=None)
    except TypeError:  # the library's word for an encrypted key
        raise _with_passphrase() from None
    except (ValueError, UnsupportedAlgorithm) as exc:
        if "password" in str(exc).lower() or "encrypt" in str(exc).lower():
            raise _with_passphrase() from None
        raise _refused("This private key is damaged or of a kind that is not supported.") from None
    if not isinstance(key, _Key):
        raise _refused("Use a key of the kind ed25519, ecdsa or rsa.")
    if isinstance(key, RSAPrivateKey) and key.key_size < SHORTEST_RSA_BITS:
        raise _refused(
            f"An rsa key needs at least {SHORTEST_RSA_BITS} bits; better make one of the kind ed25519."
        )
    return _pair(key)


def _pair(key: _Key) -> KeyPair:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return KeyPair(private=private.decode(), public=f"{public.decode()} jobyard")


def _with_passphrase() -> RepositoryErrors:
    return _refused(
        "The key has a pass-phrase, and nobody is there to type it; make a copy without one by ssh-keygen -p."
    )


def _refused(sentence: str) -> RepositoryErrors:
    return RepositoryErrors({"ssh_key": [sentence]})
