"""Editing the knowledge folder: whole or not at all, and never anything but an article."""

import multiprocessing
import os
import stat

import pytest
import yaml
from doubles import small_knowledge
from hypothesis import given
from hypothesis import strategies as st

from bot.content.edits import Edit, Editor
from bot.content.texts import MAX_BYTES, MAX_QUESTION, add_question, clean_question, decode
from bot.errors import EditRefused
from bot.knowledge.front_matter import split_front_matter

DOOR = "articles/visit/visit-01.md"
QUESTION = "有人一直敲门怎么办"


@pytest.fixture
def folder(tmp_path):
    """Four articles, to be edited."""
    return small_knowledge.build(tmp_path / "knowledge")


@pytest.fixture
def editor(folder):
    """Of that folder."""
    return Editor(folder)


def sent(folder, old="先别开门", new="先不开门"):
    """The door's article with one change, as a file that somebody sends."""
    text = (folder / DOOR).read_text("utf-8")
    assert old in text
    return text.replace(old, new).encode()


def refused(call, *arguments):
    """The sentence with which something is refused."""
    with pytest.raises(EditRefused) as error:
        call(*arguments)
    return str(error.value)


def test_sent_article_takes_the_place_of_the_old(folder, editor):
    """The file says which article it is; only its own file changes, and nothing is left beside."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    edit = editor.write_article(sent(folder))
    assert editor.difference(edit) == (
        "@@ -15,3 +15,3 @@",
        " ---",
        "-先别开门，打开手机录像。",
        "+先不开门，打开手机录像。",
        " ",
    )
    assert folder.joinpath(DOOR).read_bytes() == before[folder / DOOR]
    editor.put(edit)
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {path for path in after if after[path] != before.get(path)} == {folder / DOOR}
    assert after.keys() == before.keys()
    assert "先不开门" in after[folder / DOOR].decode()


def test_new_article_makes_its_folder(folder, editor):
    """An id that nobody has becomes a new file in the folder of its category."""
    raw = sent(folder, "id: visit-01", "id: money-77").replace(
        b"category: visit", b"category: money"
    )
    edit = editor.write_article(raw)
    assert (edit.base, edit.article) == ("", "money-77")
    editor.put(edit)
    assert (folder / "articles" / "money" / "money-77.md").read_bytes() == raw


def test_edit_survives_a_wait_as_json(folder, editor):
    """What waits for a confirmation comes back the same."""
    edit = editor.write_article(sent(folder))
    assert Edit.from_json(edit.to_json()) == edit


def test_file_that_changed_meanwhile_is_not_overwritten(folder, editor):
    """The second of two admins is told, and the first one's text stays."""
    first = editor.write_article(sent(folder, new="甲的说法"))
    second = editor.write_article(sent(folder, new="乙的说法"))
    editor.put(first)
    assert "被别人改过了" in refused(editor.put, second)
    assert "甲的说法" in (folder / DOOR).read_text("utf-8")


def test_article_that_appeared_meanwhile_is_not_overwritten(folder, editor):
    """Two admins who invent the same id: the first gets it."""
    first = editor.write_article(sent(folder, "id: visit-01", "id: visit-77"))
    second = editor.write_article(
        sent(folder, "id: visit-01", "id: visit-77").replace("先别".encode(), "先不".encode())
    )
    editor.put(first)
    assert "被别人改过了" in refused(editor.put, second)


def test_article_that_was_deleted_meanwhile_does_not_come_back(folder, editor):
    """Who deletes an article is not overruled by an edit of the old one."""
    edit = editor.write_article(sent(folder))
    (folder / DOOR).unlink()
    assert "被别人改过了" in refused(editor.put, edit)
    assert not (folder / DOOR).exists()


def test_same_edit_twice_is_as_good_as_once(folder, editor):
    """After a crash the act is repeated, and finds its work done."""
    edit = editor.write_article(sent(folder))
    editor.put(edit)
    editor.put(edit)
    assert "先不开门" in (folder / DOOR).read_text("utf-8")


def _append(folder, article, question, start):
    start.wait()
    try:
        editor = Editor(folder)
        editor.put(editor.append_question(article, question))
    except EditRefused:
        os._exit(3)
    os._exit(0)


def test_processes_that_write_at_once_lose_nothing(folder):
    """Of many processes that add a question at once, each is either in the file or was told no."""
    context = multiprocessing.get_context("fork")
    start = context.Barrier(6)
    questions = [f"第{number}个人怎么问" for number in range(6)]
    processes = [
        context.Process(target=_append, args=(folder, "visit-01", question, start))
        for question in questions
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    text = (folder / DOOR).read_text("utf-8")
    codes = [process.exitcode for process in processes]
    assert set(codes) <= {0, 3}
    assert 0 in codes
    for question, code in zip(questions, codes, strict=True):
        assert (question in text) == (code == 0)


@pytest.mark.parametrize(
    "name",
    ["../../etc-01", "visit-01/../visit-02", "VISIT-01", "visit-1", "visit-0001", "", "visit-01\n"],
)
def test_id_is_an_id(folder, editor, name):
    """Nothing but an id makes a path, whether a file claims it or somebody asks for it."""
    raw = sent(folder, "id: visit-01", f"id: {name!r}")
    assert "visit-01 这样" in refused(editor.write_article, raw)
    assert "没有编号" in refused(editor.append_question, name, QUESTION)


@pytest.mark.parametrize("name", ["..", "../..", "visit/..", "/etc", "a b", "分类", ""])
def test_category_is_a_category(folder, editor, name):
    """A category is a plain word, so that it cannot lead out of the folder."""
    raw = sent(folder, "category: visit", f"category: {name!r}")
    assert "category" in refused(editor.write_article, raw)


@pytest.mark.parametrize(
    "path",
    [
        "../outside.md",
        "articles/../../x-01.md",
        "/etc/passwd",
        "sources.yaml",
        "articles/visit-01.md",
    ],
)
def test_path_that_waited_is_looked_at_again(editor, path):
    """What comes back from storage is not believed."""
    refused(editor.put, Edit(path, "", "x\n"))


def test_link_is_not_followed(folder, editor, tmp_path):
    """A link in the place of an article, or of its folder, leads to no file being written."""
    outside = tmp_path / "outside"
    outside.mkdir()
    target = outside / "visit-01.md"
    target.write_bytes((folder / DOOR).read_bytes())
    edit = editor.write_article(sent(folder))
    (folder / DOOR).unlink()
    (folder / DOOR).symlink_to(target)
    assert "是一个链接" in refused(editor.put, edit)
    (folder / "articles" / "visit").rename(tmp_path / "visit")
    (folder / "articles" / "visit").symlink_to(outside)
    assert "是一个链接" in refused(editor.put, edit)
    assert "先别开门" in target.read_text("utf-8")


def test_folder_itself_may_be_a_link(folder, tmp_path):
    """Releases are switched by a link; that one is followed."""
    (tmp_path / "current").symlink_to(folder)
    editor = Editor(tmp_path / "current")
    editor.put(editor.write_article(sent(folder)))
    assert "先不开门" in (folder / DOOR).read_text("utf-8")


def test_folder_that_is_away_is_waited_for(folder, editor, tmp_path):
    """Without the folder nothing is written, and the sentence says to try again."""
    edit = editor.write_article(sent(folder))
    folder.rename(tmp_path / "elsewhere")
    assert "现在不在" in refused(editor.write_article, b"---\nid: visit-01\ncategory: visit\n---\n")
    assert refused(editor.put, edit)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("花呗".encode("gbk"), "UTF-8"),
        ("---\n花呗".encode("utf-16"), "UTF-8"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"x" * (MAX_BYTES + 1), "文件太大"),
        (b"", "空的"),
        (b"  \n\n", "空的"),
        (b"---\nid: a\x00b\n---\n", "第 2 行有看不见的控制字符"),
        ("---\ntitle: \u202e反\n---\n".encode(), "第 2 行有看不见的控制字符"),
        (b"# x\n", "第 1 行"),
        (b"---\nid: [\n---\n", "第 3 行"),
        (b"---\n- a\n---\n", "第 2 行"),
        (b"---\nid: !!python/object/apply:os.system ['x']\n---\n", "YAML"),
        (
            b"---\na: &a [x,x,x,x,x,x,x,x,x]\n"
            + b"".join(
                b"%c: &%c [%s]\n" % (n + 1, n + 1, b",".join([b"*%c" % n] * 9))
                for n in range(97, 106)
            )
            + b"---\n",
            "内容太多",
        ),
    ],
    ids=[
        "gbk",
        "utf-16",
        "binary",
        "huge",
        "empty",
        "blank",
        "nul",
        "turned",
        "bare",
        "yaml",
        "list",
        "object",
        "bomb",
    ],
)
def test_file_that_is_no_article_is_refused_with_the_reason(editor, raw, words):
    """Wrong encodings, huge files and broken heads get a sentence that says what to do."""
    assert words in refused(editor.write_article, raw)


def test_mark_and_line_ends_of_windows_are_taken(folder, editor):
    """A file from Windows' editor becomes the same text; only what was changed is different."""
    raw = b"\xef\xbb\xbf" + sent(folder).replace(b"\n", b"\r\n")
    edit = editor.write_article(raw)
    assert len([line for line in editor.difference(edit) if line[0] in "+-"]) == 2
    editor.put(edit)
    assert (folder / DOOR).read_bytes() == sent(folder, "先不开门", "先不开门")


def test_line_ends_of_the_folder_stay(folder, editor):
    """Where the folder is kept with Windows' line ends, an edit does not change every line."""
    raw = (folder / DOOR).read_bytes().replace(b"\n", b"\r\n")
    (folder / DOOR).write_bytes(raw)
    editor.put(editor.append_question("visit-01", QUESTION))
    written = (folder / DOOR).read_bytes()
    assert written.count(b"\n") == written.count(b"\r\n") == raw.count(b"\r\n") + 1


def test_rights_of_the_file_stay(folder, editor):
    """Who could read the file before can read it after."""
    (folder / DOOR).chmod(0o640)
    editor.put(editor.append_question("visit-01", QUESTION))
    assert stat.S_IMODE((folder / DOOR).stat().st_mode) == 0o640


def test_disk_that_refuses_leaves_the_old_file(folder, editor, monkeypatch):
    """A write that fails in the middle changes nothing, and the sentence says whom to ask."""
    edit = editor.write_article(sent(folder))
    before = (folder / DOOR).read_bytes()

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "管服务器的人" in refused(editor.put, edit)
    assert (folder / DOOR).read_bytes() == before
    assert [path.name for path in (folder / "articles" / "visit").glob(".*")] == []


def test_question_is_added_at_the_end_of_the_list(folder, editor):
    """One line more, at the place where the next would be written by hand."""
    edit = editor.append_question("visit-01", f"  {QUESTION}\n")
    changed = [line for line in editor.difference(edit) if line[0] in "+-"]
    assert changed == [f"+  - {QUESTION}"]
    editor.put(edit)


@pytest.mark.parametrize(
    "listed",
    [
        "questions:\n  - 甲\n  - 乙  # 说明\n",
        "questions:\n- 甲\n- 乙\n",
        "questions: [甲, 乙]\n",
        "questions: [甲, 乙, ]\n",
        "questions:\n  [\n    甲,\n    乙\n  ]\n",
        'questions:\n  - 甲\n  - "乙"\n  # 后面还有说明\n',
        "questions:\n  - 甲\n  - >-\n    乙\n",
    ],
)
@pytest.mark.parametrize(
    "question", ["丙", "12378", "是: 的", "#井", "*星", '"引', "a, b] c", "yes", "- x", "{"]
)
def test_every_way_to_write_the_list_takes_one_more(listed, question):
    """However list and question are written, the question is what was meant and no line is lost."""
    text = f"---\nid: x\n{listed}title: 题\n---\n正文\n"
    result = add_question(text, question)
    header, body, _ = split_front_matter(result)
    assert yaml.safe_load(header) == {"id": "x", "questions": ["甲", "乙", question], "title": "题"}
    assert body == "正文\n"
    assert result.count("#") >= text.count("#")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("", "空的"),
        (" \n", "空的"),
        ("长" * (MAX_QUESTION + 1), "太长"),
        ("我的卡6222020200011234567", "有号码"),
        ("我的卡***************4567", "有号码"),
        ("\u202e反", "空的"),
    ],
)
def test_question_that_cannot_stand_is_refused(editor, question, words):
    """Empty, endless, or with somebody's number in it: a sentence says which."""
    assert words in refused(editor.append_question, "visit-01", question)


def test_question_that_stands_already_is_refused(editor):
    """The same question is not added twice."""
    assert "已经有这句" in refused(editor.append_question, "visit-01", "催收在我家门口")


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(raw):
    """Whatever is sent, the answer is a clean text or a sentence."""
    try:
        text = decode(raw)
    except EditRefused:
        return
    assert text.endswith("\n")
    assert "\r" not in text
    assert "\x00" not in text


@given(st.text(max_size=150))
def test_any_question_is_added_as_it_is_or_refused(question):
    """Whatever somebody asked, the list holds it word for word, or nothing changes."""
    text = "---\nquestions:\n  - 甲\n---\n文\n"
    try:
        clean = clean_question(question)
        result = add_question(text, clean)
    except EditRefused:
        return
    assert yaml.safe_load(split_front_matter(result)[0])["questions"] == ["甲", clean]
