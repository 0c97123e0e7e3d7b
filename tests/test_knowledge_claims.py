"""What nearly every web page gets wrong cannot get into the content; talking about it can."""

import re
from pathlib import Path

import pytest
from doubles import small_knowledge

from bot.knowledge.loader import read_knowledge

GUIDE = (Path(__file__).parent.parent / "knowledge" / "README.md").read_text("utf-8")
DOOR = "articles/visit/visit-01.md"

CLAIMS = [
    (1, "收到支付令写一句没钱就行，支付令马上失效。"),
    (1, "支付令写一句没钱就能失效。"),
    (1, "异议书里写明请求延期还款，支付令就失效了。"),
    (1, "口头异议也有效，打电话给法院就可以。"),
    (1, "跟法官当面说一声有异议也算数。"),
    (2, "白条利息超过四倍 LPR 的部分不用还。"),
    (2, "超过4倍LPR不用还。"),
    (2, "信用卡超过 24% 的利息会自动退给你。"),
    (2, "网贷超过36%不用还。"),
    (2, "消费金融年化超过 36% 就可以不还。"),
    (2, "小贷受四倍 LPR 的限制。"),
    (3, "三年不还就没事了。"),
    (3, "三年没人催，这笔债就作废了。"),
    (3, "再熬三年就好了。"),
    (3, "拖过三年，银行就拿你没办法。"),
    (3, "过了诉讼时效，债务就消灭了。"),
    (4, "申请法律援助，会有免费律师替你打官司。"),
    (4, "打 12348 就能申请法律援助律师替你出庭。"),
    (4, "法律援助中心会指派律师为你代理。"),
    (5, "停息挂账是法定权利。"),
    (5, "停息挂账是法律给你的权利。"),
    (5, "你有权要求停息。"),
    (5, "第70条可强制银行分期。"),
    (5, "依据第七十条，银行必须同意分 60 期。"),
    (5, "第 70 条规定可以免息分期。"),
    (5, "第70条适用于网贷白条。"),
    (5, "白条也可以用第七十条申请个性化分期。"),
    (6, "上门就违法。"),
    (6, "催收上门属于违法行为。"),
    (6, "没有预约就上门是非法的。"),
    (6, "上门要提前三天预约。"),
    (6, "上门催收必须有警察陪同。"),
    (6, "必须公安陪同。"),
    (7, "治安法42条可告催收。"),
    (7, "依据治安管理处罚法第四十二条，可以拘留。"),
    (7, "强闯进屋，按治安管理处罚法第 40 条处罚。"),
    (7, "治安管理处罚法 26 条的寻衅滋事。"),
    (8, "一次性修复还能办。"),
    (8, "现在还可以享受一次性信用修复。"),
    (8, "征信可花钱修复。"),
    (8, "花几千块就能把征信洗白。"),
    (8, "找专业机构可以修复征信。"),
    (9, "你有权要求他们停止联系你。"),
    (9, "发函以后，催收必须停止一切联系。"),
    (10, "1068 开头的就是法院短信。"),
    (10, "法院短信都是假的，不用理。"),
    (10, "收到律师函可以不管它，律师函不用理。"),
    (11, "把钱转到零钱通就冻不到了。"),
    (11, "先把存款转到父母名下，法院查不到。"),
    (11, "用家人的卡收工资就不会被冻结。"),
    (11, "换号就行。"),
    (11, "换个手机号他们就找不到你了。"),
    (12, "依据《网络借贷业务管理办法》，可以投诉。"),
    (12, "《贷款减免管理办法》规定了减免比例。"),
    (12, "先去中互金催收机构备案查询。"),
    (12, "催收只能在工作日 9:00 到 20:00 打电话。"),
    (12, "根据合同法第 60 条，双方要诚信。"),
    (12, "五级催收是国家规定的流程。"),
    (12, "催收员必须持证上岗。"),
    (12, "催收必须是本机构的人。"),
    (12, "每天只能打3次。"),
    (12, "一天最多打三次电话，多了就违法。"),
    (12, "互联网法院会判你的网贷。"),
    (12, "网贷案件由互联网法院审理。"),
    (12, "违约客户息费总额不得超过本金。"),
    (13, "按 2010 年的限制高消费规定，可以坐高铁。"),
    (13, "2013 年的失信名单规定写了三年。"),
    (14, "欠钱会坐牢。"),
    (14, "逾期三个月会被判刑。"),
    (14, "马上上失信。"),
    (14, "逾期就会被列入失信名单。"),
    (14, "你绝对不会坐牢。"),
    (15, "父母要替还。"),
    (15, "联系人有义务还款。"),
    (16, "这种钱不用还了。"),
]

REFUTED = [
    "网上说：“支付令写一句没钱就能失效。”实际：只说没钱、要延期，支付令不会失效，效力不受影响。",
    "口头异议无效，要写成书面交到法院。",
    "不要拿“超过四倍 LPR 就不用还”去谈，银行、消费金融、小贷不适用四倍 LPR。",
    "超过 24% 的部分不会自动退，要自己请求法院调减。",
    "不要以为三年不还就没事了，时效很容易重新算。",
    "过了时效，债务不消灭，只是可以抗辩。",
    "法律援助一般不会指派律师替普通欠款的被告打官司，免费咨询可以打 12348。",
    "网上说：“停息挂账是法定权利。”实际：停息挂账不是法律用语，没有法规给这项权利。",
    "第 70 条是“可以”协商，银行可以不同意，也不等于免息。",
    "白条、花呗不能用第 70 条，可以比照着请求。",
    "上门本身不当然违法，没经同意进屋才越界。",
    "没有规定上门要提前三天预约，也没有规定必须公安陪同。",
    "治安管理处罚法 2026 年起换了条号，威胁滋扰看第 50 条，进住宅看第 47 条。",
    "网上说：“一次性修复还能办。”实际：还款期限 2026-03-31 已过，花钱修复都是骗局。",
    "可以要求他们不再联系你的家人和同事，走约定的渠道联系你。",
    "不能说 1068 开头的就是法院短信，也不能说法院短信都是假的，先核实。",
    "别以为律师函不用理，先核实律所和委托。",
    "不要把存款转到父母名下，可能被撤销，也可能是犯罪。",
    "不要以为换号就行，联系不上风险更大。",
    "网上说：“五级催收是国家规定。”实际：没有查到出处。",
    "据公开报道，国标写的是主动有效通话每天不超过 3 次，它是推荐性的。",
    "限制消费看法释〔2015〕17号，失信名单看法释〔2017〕7号。",
    "欠钱不还一般不会坐牢，是民事纠纷；刑事要有法定条件。",
    "逾期不等于马上上失信，要有生效文书、进入执行。",
    "父母没有替你还的义务，联系人也没有。",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A knowledge folder without a fault."""
    return small_knowledge.build(tmp_path_factory.mktemp("claims") / "knowledge")


def faults_with(folder, line, section="- 不要开门。"):
    """What is wrong with a folder in whose article a line stands in a section."""
    path = folder / DOOR
    before = path.read_text("utf-8")
    assert section in before
    path.write_text(before.replace(section, f"{section}\n- {line}"), "utf-8")
    try:
        return [fault.message for fault in read_knowledge(folder).faults]
    finally:
        path.write_text(before, "utf-8")


@pytest.mark.parametrize(("trap", "claim"), CLAIMS)
def test_false_claim_is_refused_with_its_trap(folder, trap, claim):
    """A natural phrasing of each trap is refused, and the message says which trap it is."""
    messages = faults_with(folder, claim)
    assert any(f"第 {trap} 个陷阱" in message for message in messages), messages


@pytest.mark.parametrize("sentence", REFUTED)
def test_refutation_is_allowed(folder, sentence):
    """A sentence that sets a claim right may be said."""
    messages = faults_with(folder, sentence)
    assert not [message for message in messages if "陷阱" in message]


def test_quoted_claim_is_refused_among_the_words_to_say(folder):
    """Words that a person copies are claims of that person, in quotes or not."""
    path = folder / DOOR
    before = path.read_text("utf-8")
    path.write_text(before.replace("> 请你离开。", "> 我知道“上门就违法”。"), "utf-8")
    try:
        messages = [fault.message for fault in read_knowledge(folder).faults]
    finally:
        path.write_text(before, "utf-8")
    assert any("第 6 个陷阱" in message for message in messages)


def test_title_makes_no_false_claim(folder):
    """A title stands on a button, where nothing sets it right."""
    path = folder / DOOR
    before = path.read_text("utf-8")
    path.write_text(before.replace("title: 门口有人", "title: 上门就违法"), "utf-8")
    try:
        faults = read_knowledge(folder).faults
    finally:
        path.write_text(before, "utf-8")
    assert [fault.line for fault in faults if "第 6 个陷阱" in fault.message] == [3]


@pytest.mark.parametrize("name", ["messages.yaml", "glossary.yaml"])
def test_other_files_make_no_false_claim(folder, name):
    """Phrases and explanations are read like articles."""
    path = folder / name
    before = path.read_text("utf-8")
    key = "thanks: " if name == "messages.yaml" else "matters: "
    path.write_text(before.replace(key, f"{key}上门就违法，", 1), "utf-8")
    try:
        faults = read_knowledge(folder).faults
    finally:
        path.write_text(before, "utf-8")
    assert any(fault.path == path and "第 6 个陷阱" in fault.message for fault in faults)


def test_every_reason_names_a_trap_of_the_guide(shipped_knowledge):
    """Each forbidden claim says which trap it is, and the guide explains that trap."""
    listed = set(re.findall(r"^(\d+)\. \*\*", GUIDE.split("## 绝对不能写的")[1], re.MULTILINE))
    named = {
        number
        for claim in shipped_knowledge.lexicon.forbidden
        for number in re.findall(r"第 (\d+) 个陷阱", claim.reason) or ["none"]
    }
    assert named == listed


def test_every_trap_is_tried():
    """No trap of the guide is without a phrasing here."""
    listed = re.findall(r"^(\d+)\. \*\*", GUIDE.split("## 绝对不能写的")[1], re.MULTILINE)
    assert {trap for trap, _ in CLAIMS} == set(map(int, listed))


def test_article_asked_about_baitiao_speaks_of_it(shipped_knowledge):
    """Who asks about 白条 reads what is different for 白条, not only what holds for all."""
    silent = [
        article.id
        for article in shipped_knowledge.articles.values()
        if any("白条" in question for question in article.questions)
        and not any("白条" in part for part in _all_of(article))
    ]
    assert silent == []


def _all_of(article):
    """Every text of an article that a person can read."""
    lists = (article.steps, article.say, article.avoid, article.myths, article.more)
    basis = tuple(line.text for line in article.basis)
    return (article.title, article.answer, *basis, *(text for texts in lists for text in texts))
