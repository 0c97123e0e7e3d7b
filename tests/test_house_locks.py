"""The locks: pinned with hashes, in step with one another, the peers of the benchmark apart."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock")
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
    "optional-dependencies"
]


def pins(name):
    """What a lock pins, with its marker."""
    return set(
        re.findall(r"^[\w.\[\]-]+==[^\\\n]+", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    )


@pytest.mark.parametrize("name", LOCKS)
def test_everything_is_pinned_by_hash_and_names_no_host(name):
    """Each requirement has a version and hashes; where it is fetched is the machine's affair."""
    text = (ROOT / name).read_text("utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


@pytest.mark.parametrize("name", LOCKS[1:])
def test_locks_agree(name):
    """What the bot runs with is what it is tested and measured with."""
    assert pins(LOCKS[0]) <= pins(name)


def test_peers_are_in_the_benchmark_alone():
    """Nobody who runs or tests the bot installs what it is compared with."""
    peers = {re.split(r"[<>=]", line)[0] for line in EXTRAS["bench"]}
    found = {name: {pin.split("==")[0] for pin in pins(name)} for name in LOCKS}
    assert peers <= found["requirements-bench.lock"]
    assert not peers & (found["requirements.lock"] | found["requirements-dev.lock"])
