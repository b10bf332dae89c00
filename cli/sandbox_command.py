"""With which words the sandbox carrier is started. It is another program, known by its command and address."""

import sys

from foundation.settings import Settings


def sandbox_command(settings: Settings) -> tuple[str, ...]:
    """The command that runs the sandbox where these settings look for it, on the same clock. SANDBOX_* variables add
    to it; credentials go by environment, see `sandbox_environment`.
    """
    command = [
        *(sys.executable, "-m", "sandbox", "--host", settings.bind_host, "--port", str(settings.sandbox_port)),
        *("--calls-per-second", str(settings.calls_per_second), "--speed", str(settings.clock_speed)),
    ]
    if settings.clock_origin is not None:
        command += ["--start-at", settings.clock_origin.isoformat(), "--epoch-real", str(settings.clock_epoch_real)]
    return tuple(command)


def sandbox_environment(settings: Settings) -> dict[str, str]:
    """Credentials, which do not belong on a command line that everyone on the machine can read."""
    return {
        "SANDBOX_ACCOUNT_SID": settings.twilio_account_sid,
        "SANDBOX_AUTH_TOKEN": settings.twilio_auth_token.get_secret_value(),
        "SANDBOX_API_KEY_SID": settings.twilio_api_key_sid,
        "SANDBOX_API_KEY_SECRET": settings.twilio_api_key_secret.get_secret_value(),
    }


def sandbox_is_ours(settings: Settings) -> bool:
    """Whether the carrier of these settings is the sandbox that `halali up` starts itself."""
    return settings.twilio_api_url.rstrip("/") == f"http://{settings.bind_host}:{settings.sandbox_port}"
