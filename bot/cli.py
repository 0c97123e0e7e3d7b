"""The commands: ``bot demo``, ``run``, ``ask``, ``check``, ``evaluate``, ``dashboard`` and so on."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.errors import BotError, SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.search.decide import Decision
    from bot.search.explain import Explanation
    from bot.settings import Settings

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)
_EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Group(click.Group):
    """Prints the bot's own errors as sentences; anything else is a bug and keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BotError as error:
            click.echo(str(error), err=True)
            ctx.exit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="huanhuan", prog_name="bot")
def main() -> None:
    """缓缓: a Telegram bot for people in mainland China who are behind on consumer credit."""


def _settings(**overrides: Any) -> Settings:
    from bot.settings import load_settings

    return load_settings(**{key: value for key, value in overrides.items() if value is not None})


@main.command()
@click.option("--port", default=8765, show_default=True, help="Port of the chat page.")
@click.option("--data", type=_FOLDER, help="Keep the database here; a temporary one otherwise.")
@click.option("--edit", is_flag=True, help="Let the demo's admin write to the knowledge folder.")
def demo(port: int, data: Path | None, edit: bool) -> None:  # noqa: FBT001, click passes flags so
    """Runs the bot against a local stand-in for Telegram, with a chat page in the browser."""
    import asyncio

    from bot.demo import Demo, run_demo
    from bot.logs import configure_logs

    configure_logs(level="WARNING", human=sys.stderr.isatty())
    asyncio.run(run_demo(_settings(), Demo(port, data, edit), click.echo))


@main.command()
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes; more than one needs WEBHOOK_URL and Linux.",
)
def run(workers: int) -> None:
    """Runs the bot on Telegram: by webhook if WEBHOOK_URL is set, else by long polling."""
    from bot.logs import configure_logs
    from bot.web.serving import run_service
    from bot.web.workers import UNUSABLE

    configure_logs(human=sys.stderr.isatty())
    try:
        status = run_service(_settings(), workers)
    except SettingsInvalid as error:
        click.echo(str(error), err=True)
        status = UNUSABLE
    sys.exit(status)


@main.command()
@click.argument("question")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each question.")
@click.option("-n", "count", default=3, show_default=True, help="At most so many articles.")
@click.option("--explain", is_flag=True, help="Say why: phrasings, words, rules (in Chinese).")
@click.option("--previous", metavar="TEXT", help="The message before, for one like 多久？")
def ask(question: str, *, as_json: bool, count: int, explain: bool, previous: str | None) -> None:
    """Answers one QUESTION in the terminal; with - reads one a line from standard input."""
    from bot.content import Content, user_cache

    content = Content.load(_settings().knowledge_dir, cache=user_cache())
    questions: Iterator[str] = (
        (line.rstrip("\n") for line in sys.stdin) if question == "-" else iter([question])
    )
    for text in questions:
        started = time.perf_counter()
        decision = content.searcher.decide(text, previous=previous)
        spent = (time.perf_counter() - started) * 1000
        reasons = content.searcher.explain(text, previous=previous) if explain else None
        if as_json:
            found = _as_json(text, decision, count, spent)
            found |= {"explanation": reasons.to_json()} if reasons else {}
            click.echo(json.dumps(found, ensure_ascii=False))
        elif reasons:
            _print_reasons(reasons)
        else:
            _print_answer(content, text, decision, count, previous or "")


def _print_reasons(reasons: Explanation) -> None:
    from rich.console import Console

    from bot.reasons import draw_reasons

    Console(highlight=False).print(draw_reasons(reasons))


def _as_json(question: str, decision: Decision, count: int, spent: float) -> dict[str, Any]:
    return {
        "question": question,
        "outcome": decision.outcome.value,
        "hits": [
            {"id": hit.id, "title": hit.title, "score": round(hit.score, 4)}
            for hit in decision.hits[:count]
        ],
        "ms": round(spent, 3),
    }


def _print_answer(
    content: Any, question: str, decision: Decision, count: int, previous: str
) -> None:
    from rich.console import Console

    from bot.chat.markup import to_pages
    from bot.conversation.session import Session
    from bot.conversation.turn import Kind, Turn

    console = Console(highlight=False)
    found = "、".join(f"{hit.id} {hit.score:.2f}" for hit in decision.hits[:count])
    console.print(f"[dim]{decision.outcome.value}  {found}[/dim]")
    from bot.clock import now

    turn = Turn(lane="0", person=None, kind=Kind.TEXT, at=now(), text=question)
    for reply in content.conversation.answer(turn, Session(question=previous)).replies:
        for page in to_pages(reply.blocks):
            console.print(page.plain, markup=False)
        for row in reply.buttons:
            console.print(
                "  ".join(f"⟦{button.label}⟧" for button in row), style="cyan", markup=False
            )


@main.command()
@click.argument("folder", required=False, type=_FOLDER)
@click.option("--report", is_flag=True, help="Also print what the folder covers, with bars.")
@click.option("--picture", type=_FILE, help="Draw the report into this file: .png or .svg.")
def check(folder: Path | None, report: bool, picture: Path | None) -> None:  # noqa: FBT001
    """Validates a knowledge FOLDER; prints path:line: message for each fault."""
    from bot.clock import today
    from bot.content import read_content
    from bot.knowledge.strict import check_strictly

    folder = folder or _settings().knowledge_dir
    reading = read_content(folder)
    knowledge = reading.knowledge
    faults = [*reading.faults, *check_strictly(folder, knowledge, today())]
    for fault in faults:
        click.echo(str(fault))
    if report or picture:
        from bot.coverage import draw_coverage, paint_coverage
        from bot.knowledge.report import measure_coverage

        coverage = measure_coverage(knowledge)
        if report:
            draw_coverage(coverage)
        if picture:
            paint_coverage(coverage, picture, today())
    if faults:
        sys.exit(1)
    count, messages = (
        len(knowledge.articles),
        sum(len(article.examples) for article in knowledge.articles.values()),
    )
    click.echo(f"没有发现问题：{count} 篇文章，{messages} 条问法，版本 {knowledge.version}")


@main.command()
@click.argument("file", required=False, type=_EXISTING)
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
@click.option("--cross-validate", is_flag=True, help="Measure on our own phrasings, hidden.")
@click.option("--picture", type=_FILE, help="Draw coverage against error: .svg or .png.")
@click.option("--errors", default=0, metavar="N", help="Name N messages that went wrong.")
def evaluate(
    file: Path | None, *, as_json: bool, cross_validate: bool, picture: Path | None, errors: int
) -> None:
    """Measures matching on a labelled FILE (columns best, also, kind, question), by kind."""
    from bot.content import Content, user_cache
    from bot.curve import KINDS, write_curve
    from bot.search.evaluate import judge, read_labelled
    from bot.search.hidden import cross_validate as judge_hidden
    from bot.search.printout import measure, print_figures

    if (file is None) is not cross_validate:
        message = "a labelled FILE or --cross-validate, one of the two"
        raise click.UsageError(message)
    if picture is not None and picture.suffix not in KINDS:
        message = "the picture's name must end in .svg or .png"
        raise click.UsageError(message)
    content = Content.load(_settings().knowledge_dir, cache=user_cache())
    if file is not None:
        judged = judge(content.searcher, read_labelled(file))
    else:
        judged = judge_hidden(
            content.knowledge, progress=lambda part: click.echo(f"… {part}/4", err=True)
        )
    figures = measure(judged, content.searcher.urgent, content.searcher.threshold)
    print_figures(figures, as_json=as_json, errors=errors, echo=click.echo)
    if picture is not None:
        title = f"{file.name if file else 'hidden phrasings'}, {content.knowledge.version}"
        write_curve(picture, figures.points, figures.chosen, title)


@main.command()
@click.option(
    "--calibrate",
    "labelled",
    type=_EXISTING,
    metavar="FILE.tsv",
    help="Also refit weights and thresholds.",
)
@click.option("--out", type=_FOLDER, help="Where the tables go; the cache of this user otherwise.")
@click.option(
    "--calibration", type=_FILE, help="Where the calibration goes; into the bot otherwise."
)
def train(*, labelled: Path | None, out: Path | None, calibration: Path | None) -> None:
    """Builds all tables anew from the knowledge; the same knowledge gives the same bytes."""
    from bot.content import user_cache
    from bot.knowledge.loader import load_knowledge
    from bot.search.training import SHIPPED, recalibrate, train_tables

    knowledge = load_knowledge(_settings().knowledge_dir)
    click.echo(str(train_tables(knowledge, out or user_cache())))
    if labelled is not None:
        click.echo(str(recalibrate(knowledge, labelled, calibration or SHIPPED)))


@main.command()
@click.option("--port", default=8766, show_default=True, help="Port of the pages.")
def dashboard(port: int) -> None:
    """Shows what people ask and find, in the browser: counts only, of five people at least."""
    import asyncio
    import signal
    import tempfile

    from bot.dashboard.service import refresh, serve
    from bot.knowledge.loader import load_knowledge
    from bot.store.opening import read_events

    settings = _settings()
    knowledge = load_knowledge(settings.knowledge_dir)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the folder is tidied up
    with tempfile.TemporaryDirectory(prefix="huanhuan-") as scratch:
        path = Path(scratch) / "figures.db"

        async def again() -> None:
            await refresh(
                path,
                lambda since: read_events(settings.database_url, since),
                knowledge,
                settings.timezone,
            )

        asyncio.run(serve(path, again, port, click.echo))


@main.command()
@click.option("-n", "count", default=10, show_default=True, help="At most so many of each kind.")
def suggest(count: int) -> None:
    """Lists what an editor could look at next: colliding articles, lost phrasings, open topics."""
    import asyncio

    from bot.clock import now
    from bot.figures import suggest as advice
    from bot.figures.unanswered import group_unanswered
    from bot.knowledge.loader import load_knowledge
    from bot.store.opening import read_events, sqlite_path

    settings = _settings()
    knowledge = load_knowledge(settings.knowledge_dir)
    asked = advice.ask_hidden(knowledge, progress=lambda part: click.echo(f"… {part}/4", err=True))
    lines = [
        *advice.write_collisions(knowledge, asked, count),
        *advice.write_lost(knowledge, asked, count),
    ]
    path = sqlite_path(settings.database_url)
    if path is None or path.exists():
        since = now().timestamp() - 90 * 86400
        records = asyncio.run(read_events(settings.database_url, since))
        lines += advice.write_unanswered(group_unanswered(records), count)
    for line in lines:
        click.echo(line)


@main.command()
def doctor() -> None:
    """Says what is missing for `bot run`."""
    import asyncio

    from bot.doctor import examine

    findings = asyncio.run(examine(_settings()))
    for finding in findings:
        click.echo(str(finding))
    if any(not finding.good for finding in findings):
        sys.exit(1)
