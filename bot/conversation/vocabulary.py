"""Which words of the glossary an article's card offers to explain."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.knowledge.model import Article, Knowledge
    from bot.knowledge.pages import Term

OFFERED: Final = 3
"""Most words that a card offers."""


class Vocabulary:
    """Finds the words of the glossary in articles; built from one version of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        names = {
            name: term for term in knowledge.glossary.terms for name in (term.name, *term.also)
        }
        found = {
            article.id: _find(names, _text(article)) for article in knowledge.articles.values()
        }
        common = Counter(term.name for terms in found.values() for term in terms)
        self._found = {
            name: sorted(terms, key=lambda term: common[term.name]) for name, terms in found.items()
        }

    def of(self, article: Article) -> tuple[Term, ...]:
        """The rarest words of a card, without those that the article itself is about."""
        terms = self._found.get(article.id, [])
        return tuple(term for term in terms if term.article != article.id)[:OFFERED]


def _text(article: Article) -> str:
    parts = (article.answer, *article.steps, *article.say, *article.avoid, *article.myths)
    return "\n".join((*parts, *(basis.text for basis in article.basis)))


def _find(names: dict[str, Term], text: str) -> list[Term]:
    """The words in a text, each once, in their order; the longest name at a place counts."""
    return list({term.name: term for term in _mentions(names, text)}.values())


def _mentions(names: dict[str, Term], text: str) -> Iterator[Term]:
    if not names:
        return
    longest_first = sorted(names, key=len, reverse=True)
    for match in re.finditer("|".join(map(re.escape, longest_first)), text):
        yield names[match.group()]
