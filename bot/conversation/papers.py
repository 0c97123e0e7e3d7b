"""The papers of a finished interview, as values: letters, cards, tables and calendar entries."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from bot.conversation.cards import Cards
from bot.conversation.forms import Forms
from bot.conversation.turn import Bullets, Heading, Paper, Paragraph, Steps
from bot.documents import letter as sheet
from bot.documents.body import parse_body
from bot.documents.lint import lint
from bot.errors import TemplateBroken
from bot.flows.engine import Stopped
from bot.flows.rehearsal import rehearse
from bot.flows.templates import for_chat
from bot.knowledge.model import Fault

_BLANK: Final = re.compile(r"_{5,}")

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.conversation.turn import Block
    from bot.documents.letter import Letter
    from bot.flows.scope import Scope
    from bot.knowledge.flow_model import CardForm, DateForm, Flow, LetterForm, TableForm
    from bot.knowledge.model import Knowledge


def write_letter(flow: Flow, form: LetterForm, forms: Forms, scope: Scope) -> Letter:
    """The letter of a form.

    Raises:
        TemplateBroken: its body cannot be filled in with these answers.
    """
    made = scope.now.date()
    addressee = forms.fill(form.addressee, scope)
    attachments = forms.fill(form.attachments, scope).splitlines()
    return sheet.Letter(
        title=form.title,
        blocks=parse_body(forms.paper(form.body, scope)),
        file=form.file,
        made=made,
        kind=sheet.usual_kind(addressee),
        addressee=addressee,
        attachments=tuple(line.strip() for line in attachments if line.strip()),
        signer=form.signer,
        blanks=form.blanks,
        footer=sheet.usual_footer(made, flow.laws_as_of or made),
        required=form.required,
        forbidden=form.forbidden,
    )


def letter_papers(letter: Letter) -> tuple[Paper, ...]:
    """A letter to edit and to print."""
    data = letter.to_json()
    return tuple(Paper(make, data, letter.file_name(make)) for make in ("docx", "pdf"))


def letter_blocks(letter: Letter) -> Iterator[Block]:
    """A letter to read in the chat and to copy from."""
    yield Heading(letter.title)
    if letter.kind is sheet.Kind.LETTER and letter.addressee:
        yield Paragraph(f"{letter.addressee}：")
    for block in letter.blocks:
        yield from _block(block)
    if letter.kind is sheet.Kind.COURT:
        yield Paragraph(f"此致\n{letter.addressee}")
    if letter.attachments:
        yield Paragraph("附件：")
        yield Steps(letter.attachments)
    for line in (*letter.blank_lines(), f"{letter.signer}（签名）：____" if letter.signer else ""):
        if line:
            yield Paragraph(for_chat(_BLANK.sub("____", line)))


def _block(block: sheet.Block) -> Iterator[Block]:
    match block:
        case sheet.Heading(text):
            yield Heading(_chat(text))
        case sheet.Paragraph(text):
            yield Paragraph(_chat(text))
        case sheet.Items(items, numbered):
            lines = tuple(map(_chat, items))
            yield Steps(lines) if numbered else Bullets(lines)
        case sheet.Table(header, rows):
            for row in rows:
                cells = (
                    f"{_chat(name)}：{_chat(cell)}"
                    for name, cell in zip(header, row, strict=True)
                    if sheet.plain(cell).strip(" _年月日")
                )
                yield Paragraph("，".join(cells))


def _chat(text: sheet.Text) -> str:
    """Words of a letter for the chat, where a blank needs no room to write in."""
    return for_chat(_BLANK.sub("____", sheet.plain(text)))


def card_papers(form: CardForm, forms: Forms, scope: Scope) -> tuple[Paper, Paper]:
    """A card to show, as a picture and to print."""
    data = {
        "title": forms.fill(form.title, scope),
        "lines": [forms.fill(line, scope) for line in form.lines],
        "large": form.large,
    }
    made = scope.now.date()
    return (
        Paper("card_png", data, sheet.file_name(form.file, made, "png"), picture=True),
        Paper("card_pdf", data, sheet.file_name(form.file, made, "pdf")),
    )


def table_paper(form: TableForm, forms: Forms, scope: Scope) -> Paper:
    """Rows for a spreadsheet."""
    lines = forms.fill(form.rows, scope).splitlines()
    rows = [[cell.strip() for cell in line.split("|")] for line in lines if line.strip()]
    return Paper("csv", {"rows": rows}, sheet.file_name(form.file, scope.now.date(), "csv"))


def calendar_paper(flow: Flow, forms: Forms, scope: Scope) -> Paper | None:
    """The days of an interview for the person's calendar; None where there is none to come."""
    entries = [
        entry
        for form in flow.dates
        if scope.holds(form.when) and (entry := _entry(flow, form, forms, scope)) is not None
    ]
    if not entries:
        return None
    data = {"entries": entries, "made": scope.now.isoformat(timespec="seconds")}
    return Paper("calendar", data, sheet.file_name("日历", scope.now.date(), "ics"))


def _entry(flow: Flow, form: DateForm, forms: Forms, scope: Scope) -> dict[str, Any] | None:
    day = scope.lookup(form.day)
    if not isinstance(day, date) or day < scope.now.date():
        return None
    key = f"{flow.code}-{form.key}"
    return {"key": key, "title": forms.fill(form.title, scope), "day": day.isoformat()}


def check_papers(knowledge: Knowledge) -> Iterator[Fault]:
    """Writes every letter with every sample of its flow and looks for faults in it."""
    forms = Forms(knowledge, Cards(knowledge))
    for flow in knowledge.flows.values():
        for number, sample in enumerate(flow.samples, start=1):
            played = rehearse(flow, sample)
            if played.refused or isinstance(played.stage, Stopped):
                continue
            for form in (item for item in flow.letters if played.scope.holds(item.when)):
                try:
                    findings = lint(write_letter(flow, form, forms, played.scope))
                except TemplateBroken:
                    continue  # told by the checker of flows
                for finding in findings:
                    message = f"第 {number} 组样例的“{form.title}”：{finding}"
                    yield Fault(flow.path, 1, message)
