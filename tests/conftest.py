"""Fixtures shared by all rooms."""

from pathlib import Path

import pytest

SHIPPED = Path(__file__).parent.parent / "knowledge"


@pytest.fixture(scope="session")
def shipped() -> Path:
    """The knowledge folder of this repository; never written to."""
    return SHIPPED
