"""Fixtures shared by all rooms."""

from pathlib import Path

import pytest
from hypothesis import settings

from bot.knowledge.loader import read_knowledge
from bot.knowledge.model import Knowledge
from bot.search.searcher import Searcher

pytest_plugins = ["tests.durability_stage", "tests.postgres_server"]

settings.register_profile("no clock", deadline=None)
settings.load_profile("no clock")

SHIPPED = Path(__file__).parent.parent / "knowledge"


@pytest.fixture(scope="session")
def shipped() -> Path:
    """The knowledge folder of this repository; never written to."""
    return SHIPPED


@pytest.fixture(scope="session")
def shipped_knowledge() -> Knowledge:
    """What the bot says, as it is in this repository."""
    return read_knowledge(SHIPPED).knowledge


@pytest.fixture(scope="session")
def shipped_searcher(shipped_knowledge, tmp_path_factory) -> Searcher:
    """The matching over it, as the bot builds it; once for the whole run."""
    return Searcher.build(shipped_knowledge, cache=tmp_path_factory.mktemp("search"))
