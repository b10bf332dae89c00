"""The installation's own secret: SECRET_KEY, or made once and kept beside the data. Keys are derived from it."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from foundation.errors import Unconfigured
from foundation.settings import SHORTEST_SECRET, Settings

FILE_NAME = "secret.key"


def derived_key(settings: Settings, purpose: str) -> bytes:
    """Thirty-two bytes for one purpose. Whoever has the key of one purpose learns nothing of another's.

    Raises:
        Unconfigured: the secret is too short, or its file cannot be read or made.
    """
    return hmac.new(_secret(settings), purpose.encode(), hashlib.sha256).digest()


def check_whole(settings: Settings) -> None:
    """Look at the secret where there is one already, so that a damaged one is known before anything is done with it.

    Raises:
        Unconfigured: it cannot be used.
    """
    if is_in_place(settings):
        _secret(settings)


def is_in_place(settings: Settings) -> bool:
    """Whether there is a secret already; looking makes none."""
    return bool(settings.secret_key.get_secret_value()) or (settings.data_dir / FILE_NAME).exists()


def _secret(settings: Settings) -> bytes:
    given = settings.secret_key.get_secret_value()
    secret = given.encode() if given else _kept(settings.data_dir / FILE_NAME)
    if len(secret) < SHORTEST_SECRET:
        raise Unconfigured(f"The secret in {settings.data_dir / FILE_NAME} is not whole. Bring it back from a backup.")
    return secret


def _kept(path: Path) -> bytes:
    """The file's content; where there is none it is made, whole or not at all, also by two processes at once."""
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)
            except FileExistsError:
                pass  # another process was quicker, and its secret is the one
            finally:
                draft.unlink()
        return path.read_bytes().strip()
    except OSError as error:
        raise Unconfigured(f"The secret in {path} cannot be read or made: {error.strerror}. Set SECRET_KEY.") from error
