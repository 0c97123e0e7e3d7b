"""What a knowledge folder covers, in figures: by category, question, source and review date."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from bot.knowledge.likeness import find_alike
from bot.knowledge.model import CERTAINTIES, LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.knowledge.model import Knowledge

OVERLAP: Final = 82.0
"""rapidfuzz's ratio from which two articles' messages are worth a look."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One article in the picture."""

    id: str
    questions: int
    flow: bool
    """Whether an interview starts from it."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The figures of one version."""

    version: str
    articles: Mapping[str, int]
    """Title of a category to its number of articles."""
    questions: Mapping[str, int]
    """Id of an article to how many messages it is found by, fewest first."""
    sources: Mapping[tuple[str, str], int]
    """Level and certainty to how many sources there are."""
    cited: Mapping[str, int]
    """Key of a source to how many articles cite it, most first."""
    reviews: Mapping[str, int]
    """Month (``2027-05``) to how many reviews fall due in it."""
    without_flow: tuple[str, ...]
    """Ids of articles from which no interview starts."""
    overlaps: tuple[tuple[str, str, str, str], ...]
    """Two articles and a message of each that are alike."""
    tiles: Mapping[str, tuple[Tile, ...]]
    """Title of a category to its articles, in the order of their ids."""
    pages: Mapping[str, int]
    """What there is beside the articles: words, cards, numbers, forms."""


def measure_coverage(knowledge: Knowledge) -> Coverage:
    """Counts what there is, for people to see what is missing."""
    articles = list(knowledge.articles.values())
    titles = {category.id: category.title for category in knowledge.categories}
    by_category = Counter(titles.get(article.category) for article in articles)
    questions = sorted((len(article.examples), article.id) for article in articles)
    cited = Counter(
        key for article in articles for key in {cite.source for cite in article.sources}
    )
    pages = (knowledge.glossary.review_by, knowledge.lenders.review_by)
    days = [*(article.review_by for article in articles), *filter(None, pages)]
    reviews = Counter(day.strftime("%Y-%m") for day in days)
    return Coverage(
        version=knowledge.version,
        articles={title: by_category[title] for title in titles.values() if by_category[title]},
        questions={name: count for count, name in questions},
        sources=_levels(knowledge),
        cited=dict(cited.most_common()),
        reviews=dict(sorted(reviews.items())),
        without_flow=tuple(article.id for article in articles if article.flow is None),
        overlaps=_overlaps(knowledge),
        tiles={
            category.title: tuple(
                Tile(article.id, len(article.examples), article.flow is not None)
                for article in knowledge.in_category(category.id)
            )
            for category in knowledge.categories
        },
        pages={
            "流程": len(knowledge.flows),
            "名词": len(knowledge.glossary.terms),
            "放款方卡片": len(knowledge.lenders.cards),
            "公共电话": sum(line.verified for line in knowledge.hotlines.values()),
        },
    )


def _levels(knowledge: Knowledge) -> dict[tuple[str, str], int]:
    """Level and certainty to their number, the most binding first."""
    found = Counter((source.level, source.verified) for source in knowledge.sources.values())
    order = [(level, certainty) for level in LEVELS for certainty in CERTAINTIES]
    return {kind: found[kind] for kind in order if found[kind]}


def _overlaps(knowledge: Knowledge) -> tuple[tuple[str, str, str, str], ...]:
    """The likest pair of messages for every two articles that have one."""
    messages = [
        (article.id, text) for article in knowledge.articles.values() for text in article.examples
    ]
    found = [
        (pair.ratio, *messages[pair.first], *messages[pair.second])
        for pair in find_alike([text for _, text in messages], same=OVERLAP)
        if messages[pair.first][0] != messages[pair.second][0]
    ]
    found.sort(key=lambda row: (row[1], row[3], -row[0]))
    likest = [next(rows) for _, rows in groupby(found, key=lambda row: (row[1], row[3]))]
    return tuple((first, text, second, other) for _, first, text, second, other in likest)
