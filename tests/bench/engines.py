"""One method in a process of its own: prints one line of JSON.

``python engines.py NAME TRIAL.json ROUNDS SECONDS``: each question is asked in so many rounds and
its quickest time counts, since what else runs on the machine is not what is measured; after so
many seconds no more are asked.

Each method ranks the known phrasings for a question; a class scores as its best phrasing. All cut
words with jieba and our terms, where they cut words at all. Time is that of the whole question,
cutting included. Memory is the peak of the process without what the trial itself took.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

ROWS = 50
"""Phrasings that a method looks at for its best classes."""
KNOWLEDGE = Path(__file__).parent.parent.parent / "knowledge"


def cutter(terms):
    """jieba, with the words of the field."""
    import jieba

    jieba.setLogLevel(60)
    for term in terms:
        jieba.add_word(term)
    return lambda text: [word for word in jieba.cut(text) if any(map(str.isalnum, word))]


class Ours:
    """The whole decision of this bot; ranked by its probabilities."""

    def __init__(self, trial):
        from bot.knowledge.loader import read_knowledge
        from bot.search.calibration import load_calibration
        from bot.search.corpus import Example, build_corpus
        from bot.search.model import build_tables
        from bot.search.searcher import Searcher
        from bot.search.tokens import Tokeniser

        knowledge = read_knowledge(KNOWLEDGE).knowledge
        tokeniser = Tokeniser(knowledge.lexicon)
        examples = [Example(label, text) for label, text in trial["phrasings"]]
        corpus = build_corpus(examples, tokeniser, knowledge.articles)
        calibration = load_calibration()
        self._searcher = Searcher(knowledge, build_tables(corpus, tokeniser), calibration)
        self._normalise = tokeniser.normalise

    def ask(self, text):
        """Decides."""
        return self._searcher.decide(text)

    def classes(self, text, _decision):
        """The classes of the shortlist, outside of the time that is measured."""
        ranking = self._searcher.rank(self._normalise(text))
        return [(item.label, item.probability) for item in ranking.candidates]


class Rows:
    """A method that ranks phrasings."""

    def __init__(self, trial):
        self._labels = [label for label, _ in trial["phrasings"]]
        self.build([text for _, text in trial["phrasings"]], trial["terms"])

    def classes(self, _text, rows):
        """The classes of the best phrasings, each with its best score."""
        best = {}
        for row, score in rows:
            best.setdefault(self._labels[row], float(score))
        return list(best.items())


class Bm25Numpy(Rows):
    """bm25s over jieba's words, numpy."""

    backend = "numpy"

    def build(self, texts, terms):
        """Indexes the phrasings."""
        import bm25s

        self._cut = cutter(terms)
        self._index = bm25s.BM25(backend=self.backend)
        self._index.index([self._cut(text) or [""] for text in texts], show_progress=False)
        self._count = min(ROWS, len(texts))

    def ask(self, text):
        """The best rows."""
        words = self._cut(text) or [""]
        rows, scores = self._index.retrieve(
            [words], k=self._count, show_progress=False, n_threads=0
        )
        return list(zip(rows[0].tolist(), scores[0].tolist(), strict=True))


class Bm25Numba(Bm25Numpy):
    """The same, compiled; the first question compiles it and is not timed."""

    backend = "numba"


class Tantivy(Rows):
    """tantivy over jieba's words, in memory."""

    def build(self, texts, terms):
        """Indexes the phrasings."""
        import tantivy

        self._cut = cutter(terms)
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        schema.add_integer_field("row", stored=True)
        self._schema = schema.build()
        self._tantivy = tantivy
        index = tantivy.Index(self._schema)
        writer = index.writer(num_threads=1)
        for row, text in enumerate(texts):
            writer.add_document(tantivy.Document(words=" ".join(self._cut(text)), row=row))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._seeker = index.searcher()

    def ask(self, text):
        """The best rows."""
        query, occur = self._tantivy.Query, self._tantivy.Occur.Should
        terms = [
            (occur, query.term_query(self._schema, "words", word, "freq"))
            for word in dict.fromkeys(self._cut(text))
        ]
        hits = self._seeker.search(query.boolean_query(terms), limit=ROWS).hits
        return [(self._seeker.doc(place)["row"][0], score) for score, place in hits]


class Fts(Rows):
    """SQLite FTS5 in memory."""

    tokenizer = "unicode61"

    def build(self, texts, terms):
        """Indexes the phrasings."""
        import sqlite3

        self.prepare(terms)
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute(
            f"CREATE VIRTUAL TABLE known USING fts5(words, tokenize='{self.tokenizer}')"
        )
        self._connection.executemany(
            "INSERT INTO known (rowid, words) VALUES (?, ?)",
            ((row, self.text(text)) for row, text in enumerate(texts, start=1)),
        )

    def ask(self, text):
        """The best rows."""
        parts = dict.fromkeys(self.parts(text))
        if not parts:
            return []
        wanted = " OR ".join('"' + part.replace('"', '""') + '"' for part in parts)
        found = self._connection.execute(
            "SELECT rowid, bm25(known) FROM known WHERE known MATCH ? ORDER BY 2 LIMIT ?",
            (wanted, ROWS),
        )
        return [(row - 1, -score) for row, score in found]


class FtsWords(Fts):
    """SQLite FTS5 over jieba's words."""

    def prepare(self, terms):
        """Readies jieba."""
        self.parts = cutter(terms)

    def text(self, text):
        """Words with spaces between them."""
        return " ".join(self.parts(text))


class FtsTrigram(Fts):
    """SQLite FTS5 over its own trigrams."""

    tokenizer = "trigram"

    def prepare(self, terms):
        """Needs nothing."""

    def text(self, text):
        """As it is."""
        return text

    def parts(self, text):
        """Every three characters."""
        return [text[start : start + 3] for start in range(len(text) - 2)]


class Fuzzy(Rows):
    """rapidfuzz alone, over every phrasing."""

    def build(self, texts, _terms):
        """Keeps the phrasings."""
        from rapidfuzz import fuzz, process

        self._texts, self._scorer, self._extract = texts, fuzz.WRatio, process.extract

    def ask(self, text):
        """The best rows."""
        found = self._extract(text, self._texts, scorer=self._scorer, limit=ROWS)
        return [(row, score) for _, score, row in found]


class Tfidf(Rows):
    """scikit-learn, TF-IDF of one and two characters, cosine."""

    def build(self, texts, _terms):
        """Fits and transforms the phrasings."""
        import numpy as np
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._numpy = np
        self._vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), dtype=np.float32)
        self._matrix = self._vectorizer.fit_transform(texts)
        self._count = min(ROWS, len(texts))

    def ask(self, text):
        """The best rows."""
        scores = (self._matrix @ self._vectorizer.transform([text]).T).toarray().ravel()
        rows = self._numpy.argpartition(-scores, self._count - 1)[: self._count]
        rows = rows[self._numpy.argsort(-scores[rows])].tolist()
        return [(row, scores[row]) for row in rows if scores[row] > 0]


ENGINES = {
    "ours (whole decision)": Ours,
    "bm25s + jieba, numpy": Bm25Numpy,
    "bm25s + jieba, numba": Bm25Numba,
    "tantivy + jieba": Tantivy,
    "SQLite FTS5 + jieba": FtsWords,
    "SQLite FTS5 trigram": FtsTrigram,
    "rapidfuzz WRatio alone": Fuzzy,
    "scikit-learn TF-IDF, 1-2 characters": Tfidf,
}


def memory(field):
    """Memory of this process in MiB: VmRSS now, VmHWM at its peak."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def timed(engine, text):
    """Milliseconds of one question, and what was seen."""
    begun = time.perf_counter()
    seen = engine.ask(text)
    return (time.perf_counter() - begun) * 1000, seen


def main(name, path, rounds, seconds):
    """Builds, asks every question, prints what was seen."""
    trial = json.loads(Path(path).read_text("utf-8"))
    before = memory("VmRSS")
    started = time.perf_counter()
    engine = ENGINES[name](trial)
    built = time.perf_counter() - started
    questions = [question["text"] for question in trial["questions"]]
    for text in questions[:3]:
        engine.ask(text)
    spent, found = [], []
    until = time.perf_counter() + float(seconds)
    for text in questions:
        times, seen = zip(*(timed(engine, text) for _ in range(int(rounds))), strict=True)
        spent.append(min(times))
        found.append(engine.classes(text, seen[0]))
        if time.perf_counter() > until:
            break
    value = {"built": built, "ms": spent, "found": found, "memory": memory("VmHWM") - before}
    sys.stdout.write(json.dumps(value) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
