"""The documentation names every command, setting, room and picture."""

import re
from pathlib import Path

import pytest

from bot.chat.profile import COMMANDS
from bot.cli import main
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_setting_is_documented(name):
    """Every setting is explained in the README."""
    assert f"| `{name.upper()}` |" in README


@pytest.mark.parametrize("name", sorted(main.commands))
def test_shell_command_is_documented(name):
    """Every command of the shell is named in the README."""
    assert f"`bot {name}" in README


@pytest.mark.parametrize("name", COMMANDS)
def test_chat_command_is_documented(name):
    """Every command of the chat is named in the README."""
    assert f"`/{name}`" in README


@pytest.mark.parametrize(
    "room",
    sorted(p.name for p in (ROOT / "bot").iterdir() if p.is_dir() and (p / "__init__.py").exists()),
)
def test_room_is_on_the_architecture_page(room):
    """Every package is described on the architecture page."""
    assert f"| `{room}/` |" in README


@pytest.mark.parametrize(
    "module", sorted(p.stem for p in (ROOT / "bot").glob("*.py") if not p.stem.startswith("__"))
)
def test_module_is_on_the_architecture_page(module):
    """Every module that belongs to no package is there too."""
    page = README.partition("## Architecture")[2].partition("\n## ")[0]
    assert f"`{module}`" in page


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake ([a-z]+)\b", README))))
def test_make_target_exists(target):
    """Every make target that the README names is there."""
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("link", sorted(set(re.findall(r'(?:\]\(|src=")([^)"#:]+)[)"]', README))))
def test_linked_file_exists(link):
    """Every file and picture that the README links to is there."""
    assert (ROOT / link).exists()


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in (ROOT / "knowledge" / "flows").glob("*.yaml"))
)
def test_interview_is_documented(name):
    """Every interview is in the README, and in the page for those who edit them."""
    assert f"| `{name}` |" in README
    assert f"| `{name}` |" in (ROOT / "knowledge" / "flows" / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    "picture", sorted((ROOT / "deploy" / "pictures").iterdir()), ids=lambda path: path.name
)
def test_picture_is_light(picture):
    """A page of the documentation opens at once, also over a weak line."""
    assert picture.stat().st_size < 200_000


def test_changelog_has_an_unreleased_part():
    """Changes are written down as they are made."""
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text("utf-8")
