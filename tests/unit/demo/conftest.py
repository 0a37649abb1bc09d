import datetime as dt

import pytest

from deploy.local.demo.history import history

TODAY = dt.date(2026, 11, 20)


@pytest.fixture(scope="session")
def runs():
    return list(history(TODAY))
