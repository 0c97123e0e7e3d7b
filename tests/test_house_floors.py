"""The floors of the house: a room imports only rooms below it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "bot"
FLOORS = {
    "errors": 0,
    "clock": 0,
    "privacy": 0,
    "logs": 0,
    "settings": 0,
    "knowledge": 1,
    "store": 1,
    "tools": 1,
    "flows": 2,
    "documents": 2,
    "search": 2,
    "conversation": 3,
    "content": 4,
    "delivery": 4,
    "figures": 4,
    "chat": 5,
    "web": 5,
    "sandbox": 5,
    "app": 5,
    "coverage": 5,
    "demo": 5,
    "dashboard": 5,
    "doctor": 5,
    "curve": 5,
    "reasons": 5,
    "cli": 5,
    "__main__": 5,
}
"""Name of a room to its floor; the ground is 0."""
OPEN_FLOORS = {0, 5}
TELEGRAM = {"chat", "web", "sandbox", "app", "cli", "doctor"}


def room_of(path: Path) -> str:
    """The room that a file belongs to."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path):
    """Every module that a file names in an import, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "bot":
                yield from (f"bot.{alias.name}" for alias in node.names)


MODULES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_only_below(path):
    """A room imports itself or a lower floor; those on the ground or on top know each other."""
    room = room_of(path)
    for name in imported(path):
        if not name.startswith("bot."):
            continue
        other = name.split(".")[1]
        if other == room:
            continue
        below = FLOORS[other] < FLOORS[room]
        neighbours = FLOORS[room] == FLOORS[other] and FLOORS[room] in OPEN_FLOORS
        assert below or neighbours, f"{room} (floor {FLOORS[room]}) imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_telegram_stays_on_the_top_floor(path):
    """Nothing below the edge knows python-telegram-bot."""
    if room_of(path) not in TELEGRAM:
        assert not [name for name in imported(path) if name.split(".")[0] == "telegram"]


def test_floor_of_every_room_is_known():
    """A new room must be given its floor here before it can be built."""
    rooms = {room_of(path) for path in MODULES}
    assert rooms <= FLOORS.keys()
