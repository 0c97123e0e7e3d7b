"""Whether what is cited is there to be cited."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.knowledge.model import Citation, Source


def citation_problem(sources: Mapping[str, Source], citation: Citation) -> str | None:
    """What is wrong with a citation, in Chinese, or None."""
    source = sources.get(citation.source)
    if source is None:
        return f"sources.yaml 里没有“{citation.source}”"
    if citation.article is not None and citation.article not in source.articles:
        return f"sources.yaml 的“{source.key}”里没有第 {citation.article} 条"
    if citation.article is None and source.articles:
        return f"引用“{source.key}”要写条号，例如 {source.key}#1"
    return None
