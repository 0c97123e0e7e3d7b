"""Telegram's HTML as the stand-in reads it, with Telegram's own words for what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CallRefused
from bot.sandbox.entities import Entity, clean, complete, find, is_blank, utf16_length
from bot.sandbox.html import TAGS, parse_html


def read(text):
    """Plain text and (kind, covered text) of each entity."""
    plain, entities = parse_html(text)
    plain, entities = clean(plain, entities)
    units = plain.encode("utf-16-le")
    return plain, [
        (entity.kind, units[2 * entity.offset : 2 * entity.end].decode("utf-16-le"))
        for entity in complete(plain, entities)
    ]


@pytest.mark.parametrize(
    ("markup", "plain", "entities"),
    [
        ("没有格式", "没有格式", []),
        ("<b>粗</b>和<strong>粗</strong>", "粗和粗", [("bold", "粗"), ("bold", "粗")]),
        ("<i>斜</i> <em>斜</em>", "斜 斜", [("italic", "斜"), ("italic", "斜")]),
        ("<u>x</u><ins>y</ins>", "xy", [("underline", "xy")]),
        ("<s>a</s>1<strike>b</strike>2<del>c</del>", "a1b2c", [("strikethrough", c) for c in "abc"]),
        ("<tg-spoiler>密</tg-spoiler>", "密", [("spoiler", "密")]),
        ('<span class="tg-spoiler">密</span>', "密", [("spoiler", "密")]),
        ("<code>x &lt; y</code>", "x < y", [("code", "x < y")]),
        ("<pre>a\nb</pre>", "a\nb", [("pre", "a\nb")]),
        ("<blockquote>引</blockquote>", "引", [("blockquote", "引")]),
        ("<blockquote expandable>引</blockquote>", "引", [("expandable_blockquote", "引")]),
        ('<a href="https://a.cn/x">链</a>', "链", [("text_link", "链")]),
        ('<tg-emoji emoji-id="53">👍</tg-emoji>', "👍", [("custom_emoji", "👍")]),
        ('<tg-time unix="1700000000" format="D">昨天</tg-time>', "昨天", [("date_time", "昨天")]),
        ("😀<b>😀粗</b>", "😀😀粗", [("bold", "😀粗")]),
        ("&lt;b&gt; &amp;amp; &quot;", '<b> &amp; "', []),
        ("&#9733;&#x2605;", "★★", []),
        ("&nbsp;&copy;", "&nbsp;&copy;", []),
        ("a & b", "a & b", []),
        ("<B>大写</B>", "大写", [("bold", "大写")]),
        ("<b>x</>", "x", [("bold", "x")]),
        ("<b></b>空", "空", []),
        (" \n<b>两边</b>\n\n", "两边", [("bold", "两边")]),
        ("看 /start 和 @abc_bot", "看 /start 和 @abc_bot",
         [("bot_command", "/start"), ("mention", "@abc_bot")]),
        ("<blockquote>见 https://a.cn</blockquote>", "见 https://a.cn",
         [("blockquote", "见 https://a.cn"), ("url", "https://a.cn")]),
        ("<code>/start</code>", "/start", [("code", "/start")]),
    ],
)  # fmt: skip
def test_markup_is_read(markup, plain, entities):
    """Every tag of Telegram becomes its entity; what Telegram finds by itself is found."""
    assert read(markup) == (plain, entities)


@pytest.mark.parametrize(
    ("markup", "fault"),
    [
        ("<b>", 'Can\'t find end tag corresponding to start tag "b"'),
        ("粗</b>", "Unexpected end tag at byte offset 3"),
        ("<b>粗</i>", 'Unmatched end tag at byte offset 6, expected "</b>", found "</i>"'),
        ("a<br>b", 'Unsupported start tag "br" at byte offset 1'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ('<a ="x">z</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
        ('<tg-time unix="1" format="q">x</tg-time>', "Invalid date format used"),
    ],
)
def test_broken_markup_is_refused_in_telegrams_words(markup, fault):
    """The fault names the byte, since Telegram counts bytes there."""
    with pytest.raises(CallRefused, match=r"^Bad Request: can't parse entities: ") as refusal:
        parse_html(markup)
    assert str(refusal.value).endswith(f"entities: {fault}")
    assert refusal.value.code == 400


@pytest.mark.parametrize(
    ("markup", "entities"),
    [
        ("<b>a<i>b</i>c</b>", [("bold", "a"), ("bold", "bc"), ("italic", "b")]),
        ("<b>a <code>b</code> c</b>", [("bold", "a "), ("code", "b"), ("bold", " c")]),
        (
            '<b>a <a href="https://a.cn">b</a></b>',
            [("bold", "a "), ("text_link", "b"), ("bold", "b")],
        ),
        ("<pre><code class='language-py'>x</code></pre>", [("pre", "x")]),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", [("blockquote", "ab")]),
        ("<b>a</b><b>b</b>", [("bold", "ab")]),
        ('<a href="javascript:alert(1)">x</a>', []),
    ],
)
def test_nesting_is_put_in_order_as_telegram_does(markup, entities):
    """Bold is cut where another entity begins, code stays bare, quotes do not nest."""
    assert read(markup)[1] == entities


def test_link_gets_a_scheme_and_a_path():
    """Telegram completes an address."""
    _, entities = parse_html('<a href="Example.COM">x</a>')
    assert entities[0].extra == {"url": "http://example.com/"}


def test_language_of_a_code_block_is_kept():
    """``pre`` around ``code`` with a class becomes one entity with a language."""
    _, entities = parse_html('<pre><code class="language-python">x</code></pre>')
    assert entities == [Entity("pre", 0, 1, {"language": "python"})]


def test_mention_by_id_names_the_person():
    """``tg://user?id=`` becomes a mention of that person."""
    _, entities = parse_html('<a href="tg://user?id=42">他</a>')
    assert (entities[0].kind, entities[0].extra["user"]["id"]) == ("text_mention", 42)


def test_removed_characters_move_the_entities():
    """Carriage returns and line separators go; offsets follow."""
    plain, entities = parse_html("a\r\n\u2028<b>b</b>")
    plain, entities = clean(plain, entities)
    assert plain == "a\nb"
    assert [(entity.offset, entity.length) for entity in entities] == [(2, 1)]


@pytest.mark.parametrize(("text", "kinds"), [
    ("见www.12348.gov.cn。", ["url"]),
    ("邮箱 a.b@qq.com", ["email"]),
    ("#催收 和 #1", ["hashtag"]),
    ("1/2 和 a/b", []),
    ("/start@abc_bot x", ["bot_command"]),
    ("https://a.cn/路?x=1，后面", ["url"]),
])  # fmt: skip
def test_telegram_finds_by_itself(text, kinds):
    """Addresses, commands and the like are marked without markup."""
    assert [entity.kind for entity in find(text)] == kinds


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "\u3000", "\u00a0\u2060"[:1], "\u2800"])
def test_invisible_text_is_blank(text):
    """What nobody can see does not count as text."""
    assert is_blank(text)


@given(st.text(max_size=60))
def test_any_plain_text_survives_escaping(text):
    """Escaped text is read back; no character breaks the reader."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    plain, entities = parse_html(escaped)
    assert (plain, entities) == (text, [])


PIECES = st.sampled_from(
    [*(f"<{tag}>" for tag in TAGS), *(f"</{tag}>" for tag in TAGS), "<", ">", "&", "&lt;", "&#",
     "<a href='", '"', "x", "汉", "😀", " ", "\0", "</", "=", "<blockquote expandable>"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_markup_is_read_or_refused(markup):
    """Whatever comes in, entities lie inside the text, or Telegram's refusal comes back."""
    try:
        plain, entities = parse_html(markup)
    except CallRefused as refusal:
        refused = str(refusal)
    else:
        refused = ""
    if refused:
        assert refused.startswith("Bad Request: can't parse entities: ")
        return
    plain, entities = clean(plain, entities)
    length = utf16_length(plain)
    for entity in complete(plain, entities):
        assert 0 <= entity.offset < entity.end <= length
