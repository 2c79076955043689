import os

import pytest


@pytest.fixture
def chatly_dsn() -> str:
    dsn = os.environ.get("CHATLY_DEV_DSN")
    if not dsn:
        pytest.skip("CHATLY_DEV_DSN is not set")
    return dsn
