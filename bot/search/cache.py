"""Keeps the built tables in a file, so that the bot is ready at once when nothing changed."""

from __future__ import annotations

import hashlib
import hmac
import io
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bot.search.classifier import Classifier
from bot.search.corpus import Corpus
from bot.search.index import Index
from bot.search.model import Model, fingerprint
from bot.search.tokens import Tokeniser

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from bot.knowledge.model import Knowledge

_DIGEST: Final = 32
_KEPT: Final = 4
"""Files that stay in the folder, the newest: each edit of the knowledge makes another."""


def _path(knowledge: Knowledge, folder: Path) -> Path:
    return folder / f"search-{fingerprint(knowledge)[:32]}.npz"


def store_model(model: Model, knowledge: Knowledge, folder: Path) -> Path | None:
    """Writes the tables of this knowledge; a folder that cannot be written is left alone.

    The same tables give the same bytes.

    Args:
        model: the tables.
        knowledge: what they were built from.
        folder: made when missing.

    Returns:
        The file, or nothing when it could not be written.
    """
    buffer = io.BytesIO()
    corpus, words = model.corpus, model.tokeniser.words
    np.savez(
        buffer,
        labels=_pack(corpus.labels),
        classes=corpus.classes,
        texts=_pack(corpus.texts),
        vocabulary=_pack(corpus.vocabulary),
        coarse=np.array(corpus.coarse),
        starts=corpus.starts,
        tokens=corpus.tokens,
        weights=model.classifier.weights.astype(np.float16),
        bias=model.classifier.bias,
        scale=model.classifier.scale,
        words=_pack(tuple(words)),
        counts=np.fromiter(words.values(), dtype=np.int32),
    )
    content = buffer.getvalue()
    path = _path(knowledge, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        begun = _begun(knowledge)
        begun.update(content)
        _replace(path, begun.digest(), content)
        _forget_old(folder)
    except OSError:
        return None
    return path


def _begun(knowledge: Knowledge) -> hashlib._Hash:
    """The hash with which a file begins: whole, and made from this knowledge, not another."""
    return hashlib.sha256(fingerprint(knowledge).encode())


def _replace(path: Path, *parts: bytes) -> None:
    """Puts a file in place whole, or leaves nothing behind."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    written = Path(name)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123  a handle, not a path
            file.writelines(parts)
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def _forget_old(folder: Path) -> None:
    files = sorted(folder.glob("search-*.npz"), key=lambda path: path.stat().st_mtime)
    for path in files[:-_KEPT]:
        path.unlink(missing_ok=True)


def has_tables(knowledge: Knowledge, folder: Path) -> bool:
    """Whether there is a file for this knowledge; it may still prove to be damaged."""
    return _path(knowledge, folder).is_file()


def load_model(knowledge: Knowledge, folder: Path) -> Model | None:
    """Reads the tables of this knowledge, or nothing when they are missing or damaged.

    Args:
        knowledge: what they must have been built from.
        folder: where ``store_model`` wrote them.
    """
    try:
        with _path(knowledge, folder).open("rb") as file:
            seal = file.read(_DIGEST)
            found = hashlib.file_digest(file, lambda: _begun(knowledge)).digest()
            if not hmac.compare_digest(seal, found):
                return None
            file.seek(_DIGEST)
            with np.load(file, allow_pickle=False) as arrays:
                return _model(arrays, knowledge)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _model(arrays: Mapping[str, NDArray[Any]], knowledge: Knowledge) -> Model:
    words = dict(zip(_unpack(arrays["words"]), arrays["counts"].tolist(), strict=True))
    corpus = Corpus(
        labels=_unpack(arrays["labels"]),
        classes=arrays["classes"],
        texts=_unpack(arrays["texts"]),
        vocabulary=_unpack(arrays["vocabulary"]),
        coarse=int(arrays["coarse"]),
        starts=arrays["starts"],
        tokens=arrays["tokens"],
    )
    # the weights stay halves: the few rows that a message needs become floats when multiplied
    classifier = Classifier(arrays["weights"], arrays["bias"], arrays["scale"])
    return Model(Tokeniser(knowledge.lexicon, words), corpus, Index(corpus), classifier)


def _pack(texts: tuple[str, ...]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)


def _unpack(array: NDArray[np.uint8]) -> tuple[str, ...]:
    text = array.tobytes().decode()
    return tuple(text.split("\n")) if text else ()
