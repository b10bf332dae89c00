"""Settings that cannot work are refused where they are read, by the name of the variable."""

import pytest

from foundation.errors import Unconfigured
from foundation.settings import load_settings


def test_a_secret_that_is_too_short_is_refused_before_it_is_used_and_is_not_repeated() -> None:
    with pytest.raises(Unconfigured) as refused:
        load_settings(_env_file=None, secret_key="x" * 31)
    told = str(refused.value)
    assert "SECRET_KEY needs 32 characters" in told
    assert "openssl rand -hex 32" in told
    assert "xxx" not in told
    load_settings(_env_file=None, secret_key="x" * 32)
    load_settings(_env_file=None, secret_key="")
