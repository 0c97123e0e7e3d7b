"""Processes that follow one knowledge folder, as tasks of one loop, and what they tell."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.content.building import build_folder, check_folder, load, save
from bot.content.history import History
from bot.content.live import Live, Rhythm
from bot.content.serving import Serving
from bot.content.version import Content
from bot.content.workshop import Workshop
from doubles import small_knowledge
from tests.doubles.patience import until

RHYTHM = Rhythm(quiet=0.05, patience=0.05, look=0.2, gone=0.4)
DOOR = "articles/visit/visit-01.md"


class NearWorkshop(Workshop):
    """Works in a thread instead of a process of its own, which takes a second to start."""

    async def _run(self, folder, result, *options):
        option, value = options
        if option == "--only":
            return await asyncio.to_thread(check_folder, folder, value)
        built = await asyncio.to_thread(build_folder, folder, Path(value))
        save(built, result)
        return load(result)


class Stage:
    """A folder with four articles, and where everything about it is kept."""

    workshop = NearWorkshop
    """How versions are built; the real way is ``Workshop``."""

    def __init__(self, place):
        self.place = place
        self.folder = small_knowledge.build(place / "knowledge")
        self.bench = place / "bench"
        self.bench.mkdir()
        self.history = History(place / "state")
        self.news = []
        self.told = set()

    async def _tell(self, news):
        """Once for each key, as the store does it."""
        if news.key not in self.told:
            self.told.add(news.key)
            self.news.append(news)

    def change(self, old, new, path=DOOR):
        """One more edit, in place."""
        file = self.folder / path
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    @asynccontextmanager
    async def following(self, processes=1, rhythm=RHYTHM):
        """Processes that started with the folder as it is."""
        first = Content.load(self.folder, cache=self.place / "cache")
        self.history.store(self.folder, first.knowledge.version)
        self.history.note(first.knowledge.version)
        async with AsyncExitStack() as stack:
            lives = []
            for _ in range(processes):
                live = self.live(Serving(first), rhythm)
                await stack.enter_async_context(live.following())
                lives.append(live)
            yield lives[0] if processes == 1 else lives

    def live(self, serving, rhythm=RHYTHM):
        """One process."""
        workshop = self.workshop(self.bench, self.place / "cache")
        return Live(self.folder, serving, workshop, self.history, self._tell, rhythm=rhythm)

    async def told_of(self, kind, count=1):
        """Waits until so much news of a kind was told; returns the last."""
        await until(lambda: len(self.of(kind)) >= count, tries=12_000)
        return self.of(kind)[-1]

    def of(self, kind):
        """All news of a kind."""
        return [news for news in self.news if news.kind == kind]


def answer(live, article="visit-01"):
    """The first sentence of an article, as it serves."""
    return live.serving.knowledge.articles[article].answer


async def serves(live, words, article="visit-01"):
    """Waits until an article says something."""
    await until(lambda: words in answer(live, article), tries=12_000)
