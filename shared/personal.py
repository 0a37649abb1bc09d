"""Personal fields at rest: encrypted with a key of their user's own, found again by a keyed hash.

Each user has a random key in ``user_key``, wrapped by the service's master key; without that row every field of the
user is unreadable. The master and hash keys are read from the secret store at start and stay in memory.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.postgres import Connection

_NONCE_BYTES = 12
_KEY_BYTES = 32
# The first byte of every ciphertext names the scheme, so that another can follow without touching a table.
_SCHEME = b"\x01"


class UnreadableFieldError(Exception):
    """A field that does not open with its user's key: damaged, moved to another user, or erased."""


@dataclass(frozen=True, slots=True)
class UserCipher:
    """Encrypts and decrypts the fields of one user."""

    user_id: uuid.UUID
    key: bytes = field(repr=False)

    def encrypt(self, text: str) -> bytes:
        return self.encrypt_bytes(text.encode())

    def decrypt(self, sealed: bytes) -> str:
        """Raises UnreadableFieldError."""
        return self.decrypt_bytes(sealed).decode()

    def encrypt_bytes(self, content: bytes) -> bytes:
        return _seal(self.key, content, self.user_id.bytes)

    def decrypt_bytes(self, sealed: bytes) -> bytes:
        """Raises UnreadableFieldError."""
        return _open(self.key, sealed, self.user_id.bytes)


class FieldCipher(Protocol):
    async def for_user(self, connection: Connection, user_id: uuid.UUID) -> UserCipher:
        """The cipher of a user, whose key is made on first use in the transaction of ``connection``."""
        ...

    def keyed_hash(self, text: str) -> bytes:
        """32 bytes, equal for equal text (after Unicode normalisation and case folding), that tell nothing else."""
        ...


class PostgresFieldCipher:
    """Wrapped user keys in the service's own ``user_key`` table."""

    def __init__(self, *, master_key: bytes, hash_key: bytes) -> None:
        if len(master_key) != _KEY_BYTES or len(hash_key) != _KEY_BYTES:
            raise ValueError("personal field keys must be 32 bytes")
        self._master_key = master_key
        self._hash_key = hash_key

    @classmethod
    def from_secret(cls, secret: Mapping[str, Any]) -> PostgresFieldCipher:
        return cls(master_key=base64.b64decode(secret["master"]), hash_key=base64.b64decode(secret["hash"]))

    async def for_user(self, connection: Connection, user_id: uuid.UUID) -> UserCipher:
        wrapped = await connection.fetchval("SELECT wrapped_key FROM user_key WHERE user_id = $1", user_id)
        if wrapped is None:
            candidate = _seal(self._master_key, os.urandom(_KEY_BYTES), user_id.bytes)
            # DO UPDATE with the row's own value returns the winner's key when two requests race.
            wrapped = await connection.fetchval(
                "INSERT INTO user_key (user_id, wrapped_key) VALUES ($1, $2)"
                " ON CONFLICT (user_id) DO UPDATE SET wrapped_key = user_key.wrapped_key RETURNING wrapped_key",
                user_id, candidate,
            )  # fmt: skip
        return UserCipher(user_id, _open(self._master_key, wrapped, user_id.bytes))

    def keyed_hash(self, text: str) -> bytes:
        # Folding can bring forth what is not normal any more, so text is normalised on both sides of it.
        folded = unicodedata.normalize("NFKC", text).casefold()
        normal = unicodedata.normalize("NFKC", folded).strip()
        return hmac.new(self._hash_key, normal.encode(), hashlib.sha256).digest()


def _seal(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return _SCHEME + nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def _open(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    if sealed[:1] != _SCHEME:
        raise UnreadableFieldError("unknown scheme")
    nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, bound_to)
    except (InvalidTag, ValueError):  # a ValueError where so much is cut off that no nonce is left
        raise UnreadableFieldError("the key does not fit") from None
