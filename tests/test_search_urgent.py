"""The safety gate with the shipped rules: what must raise an alarm, and what must not."""

import pytest

from bot.knowledge.loader import read_knowledge
from bot.knowledge.model import UrgentRule
from bot.search.normalise import Normaliser
from bot.search.urgent import Gate

DANGER = {
    "safety-01": [
        "我跟这个世界告别了",
        "喝了洁厕灵，肚子疼",
        "写完这段话我就走了，别找我",
        "孩子，妈妈要去另一个世界了",
        "我喝了酒坐在二十楼窗台",
        "银行卡密码告诉我姐了，以后爸妈靠她了",
        "想找个没人的地方把自己了结了",
        "我要死给催收看",
        "想一了百了，欠了四十多万",
        "真的不想醒过来了，每天睁眼就是还款",
        "给孩子都安排好了，我可以走了",
        "爸妈对不起，下辈子再报答你们",
        "后事我都想好了",
        "对不起，我先走一步了",
        "买好药了，就等今晚",
        "买了一瓶敌敌畏放在床头",
        "有没有不疼的死法",
        "怎么死最快",
        "安眠药吃多少会死",
        "煤气打开了",
        "手腕割了在流血",
        "最后问一次，死了以后贷款要不要孩子还",
        "我的保险够还债，只要我死了",
        "我是个累赘，没有我家里会更好",
        "我把车开到水库边了",
        "我在铁轨边上",
        "遗嘱写好了，请帮我告诉爸妈",
        "想和催收同归于尽",
        "我妈说她要去死，怎么劝",
        "唔想活啦，想死",
        "我想死",
        "不想活了",
        "真的不想活了，欠了二十万",
        "撑不下去了",
        "我撐不下去了",
        "活着没意思",
        "活着好累啊",
        "死了是不是就不用还了",
        "死了算了",
        "还不如死了算了",
        "想跳楼",
        "我站在天台上，风好大",
        "我在楼顶",
        "今晚就跳河",
        "买了农药，喝农药是不是很痛苦",
        "想自杀",
        "写好遗书了",
        "吃了一瓶安眠药",
        "割腕",
        "一了百了",
        "活够了",
        "没有活路了",
        "熬不下去了，天天被催",
        "我想一死了之，不拖累孩子",
        "想不开",
        "老婆说她不想活了怎么办",
        "我 想 不想活了 了",
        "不想活了！！！😭😭",
        "想结束生命",
        "做傻事的念头又来了",
    ],
    "safety-03": [
        "催收说不还钱就强奸我",
        "几个纹身的跟我到停车场了，我欠他们老板钱",
        "我被人拖进车里，说还不上就别想下车",
        "放贷的扒我衣服拍视频",
        "催收把我妈推地上了",
        "催收发了我儿子学校门口的照片，说放学等他",
        "催收说在幼儿园门口等我女儿",
        "他们打了我爸，我爸头上流血了",
        "被要债的扇了几个耳光",
        "催收在公司楼下等我，说我一出来就动手",
        "他们发来短信，说下一个是我",
        "那帮人放狗咬我，逼我还钱",
        "追债的开车撞我",
        "催收说要烧我家房子",
        "他说要跟我同归于尽，拿着铁棍要我还钱",
        "他们说要打断我的腿",
        "催收威胁要打断腿",
        "说今晚不还就弄死我",
        "放高利贷的要砍我",
        "说不还钱就卸我一条胳膊",
        "要债的拿刀顶着我",
        "门口的人手里拿着菜刀，逼我还钱",
        "几个讨债的拿着钢管在我家",
        "我被要债的打了，打了我两巴掌还钱",
        "催收动手打人，打伤了我爸",
        "他们把我关在宾馆里",
        "被贷款公司软禁了",
        "债主扣住我，不让我走",
        "他们不让我离开办公室",
        "非法拘禁我两天了",
        "有人跟踪我，从公司跟到家",
        "要账的天天跟着我",
        "说要对我孩子下手",
        "威胁要绑我孩子",
        "說要殺我全家，要我命",
        "绑架了我弟弟要还钱",
        "把我塞进车里拉走，要我还钱",
    ],
    "visit-21": [
        "我要砍了催收",
        "我要弄死催收",
        "怎么整死他",
        "我要拿刀跟他们拼了",
        "我拿刀去催收公司门口",
        "我想杀了那个催收",
        "找人打断他的腿",
        "我也要去他家堵门泼油漆",
    ],
    "visit-03": [
        "催收已经进屋了",
        "要债的闯进我家了",
        "他们硬闯进来了",
        "讨债的坐在我家沙发上不走",
        "催收在翻我东西",
        "几个人冲进来了，赶不走",
        "要账的把我家电视搬走了",
        "催收撬门进来的",
        "貸款公司的人闖進家裡了",
    ],
    "visit-04": [
        "催收堵着门",
        "他们在我家门口泼油漆",
        "要债的往我家泼粪",
        "锁眼被堵了，是讨债的干的",
        "催收坐在楼道里，就是不走",
        "要债的赖在门口",
        "催债的把我家电闸拉了，拉了电闸",
        "他们在我家门口摆花圈",
        "讨债的守在我家楼下",
    ],
    "visit-01": [
        "孩子放学自己在家，门口有要债的",
        "催收的上我家来了，正跟我妈吵",
        "要账的在院子里骂",
        "两个催收趴在猫眼上看",
        "俺家门口来了仨要账的，咋整",
        "收數佬喺門口，點算",
        "催收现在在我家门口",
        "催收现在在门口",
        "催收在砸门",
        "催收在敲门",
        "要债的在敲我家门",
        "有人在门口说我欠钱",
        "讨债的到我家门口了",
        "网贷催收已经上门了",
        "外访员在楼下按门铃",
        "借呗的人在门外让我开门",
        "两个男的一直在砸门，说我欠债",
        "外头有人使劲拍门，喊还钱",
        "他们现在就在门口，一直敲门",
        "催收現在在門口，怎麼辦",
        "收账的踹门，我好怕",
        "有人敲门，说是来催收的",
        "陌生人一直敲门",
    ],
}

NO_DANGER = [
    "催收别找我家人了",
    "催收函我放在窗台上了",
    "催收带刀上门的可能性大吗",
    "催收要我的银行卡密码",
    "门口有监控拍到催收能用吗",
    "穷死了这个月",
    "丢死人了，全公司都知道我欠钱",
    "死活联系不上客服",
    "打死我也不借网贷了",
    "这利息是要我的命啊",
    "我连他们怎么死的都不想知道",
    "装了猫眼监控拍到催收能用吗",
    "催收函寄到家门口了",
    "去年的催收函寄来了",
    "我朋友以前被打断过腿，不过那是高利贷",
    "同学的爸爸被绑架过，拍成电影了",
    "密室逃脱被关在房间里好刺激",
    "他们把我关进小黑屋了，群里禁言",
    "新闻里说有人因为网贷跳楼",
    "非法拘禁判几年",
    "催收泼油漆怎么判",
    "给孩子安排好学费后还剩两千怎么还",
    "下辈子都还不完",
    "妈妈帮我安排好了工作",
    "我走了以后公司还会扣我工资吗",
    "没有我签字的合同有效吗",
    "朋友接电话说我死了",
    "地里打农药的钱还没还",
    "煤气费开了发票",
    "催收报复我怎么办",
    "报复性消费欠了两万",
    "平台砍一刀的钱",
    "老师在学校门口收照片",
    "上门美甲多少钱",
    "上门保洁怎么预约",
    "外卖在门口",
    "外卖在敲门",
    "快递员在门口按门铃",
    "门锁坏了",
    "门锁坏了找谁开",
    "他们说下周上门",
    "短信说三天内上门",
    "催收说明天要来我家门口",
    "催收会不会上门",
    "逾期多久会上门",
    "要债的上门合法吗",
    "不开门犯法吗",
    "笑死了",
    "笑死我了",
    "饿死了",
    "气死我了",
    "热死了",
    "困死了",
    "累死了今天",
    "想死你了",
    "我死心了",
    "他是我死党",
    "催收不会打死人吧",
    "催收会打人吗",
    "电话打爆了",
    "催收把我电话打爆了",
    "一天打我电话二十次",
    "花呗被关了",
    "借呗被关了怎么恢复",
    "额度被关了",
    "白条关了还能开吗",
    "跳楼价大甩卖",
    "楼盘跳楼大甩卖",
    "游乐园跳楼机好玩吗",
    "感冒喝药了",
    "公司撑不下去了，生意不好做",
    "物流跟踪一直不更新",
    "快递尾随单号",
    "拼多多砍我一刀",
    "砍价砍一刀",
    "双十一又剁手了",
    "打断一下，我想问个问题",
    "老板不让我走，辞职被拒",
    "微信群里有人冲进来了",
    "小偷撬门进来了怎么办",
    "老鼠闯进来了",
    "门口停车被堵",
    "有人把车停在我家门口堵门挪车",
    "装修刷漆要多久",
    "人口普查的来敲门",
    "抄表的在敲门",
    "昨天催收来敲门，走了",
    "法院上门强制执行吗",
    "上门维修空调",
    "上门取件",
    "催收电话不接会怎样",
    "绑定银行卡",
    "欠钱会被打断腿吗",
    "有枪战的电影推荐",
    "菜刀多少钱一把",
    "征信记录会一直跟着我吗",
    "说要全网封杀我",
    "自动扣款扣了我二十块",
    "今天天气怎么样",
    "",
    "？？？",
]


@pytest.fixture(scope="module")
def gate(request):
    """The gate with the rules that ship."""
    shipped = request.getfixturevalue("shipped")
    return Gate(read_knowledge(shipped).knowledge.lexicon.urgent, Normaliser().normalise)


@pytest.mark.parametrize(
    ("card", "message"), [(card, text) for card, texts in DANGER.items() for text in texts]
)
def test_danger_raises_the_alarm(gate, card, message):
    """Each of these leads to its urgent card without any matching."""
    alarm = gate.check(Normaliser().normalise(message))
    assert alarm is not None
    assert alarm.card == card


@pytest.mark.parametrize("message", NO_DANGER)
def test_everyday_words_do_not(gate, message):
    """Words of danger in another sense, the past or the future raise no alarm."""
    assert gate.check(Normaliser().normalise(message)) is None


def test_cards_are_urgent_articles(shipped):
    """Every rule leads to an article marked urgent, or to the one for who is about to strike."""
    knowledge = read_knowledge(shipped).knowledge
    for rule in knowledge.lexicon.urgent:
        assert knowledge.articles[rule.card].urgent or rule.card == "visit-21"


def test_words_must_stand_together():
    """Words of two groups count only in one clause or in two that follow each other."""
    gate = Gate([UrgentRule("a-01", (("催收",), ("敲门",)))], str)
    assert gate.check("催收来了,在敲门").words == ("催收", "敲门")
    assert gate.check("催收打电话,我没接,后来吃饭,快递敲门") is None


def test_exception_silences_only_its_place():
    """A word of ``none`` silences the clause in which it stands, not another one."""
    gate = Gate([UrgentRule("a-01", (("敲门",),), ("外卖",))], str)
    assert gate.check("外卖敲门") is None
    assert gate.check("外卖敲门。又有人敲门") is not None


def test_first_rule_wins():
    """When two rules match, the one that stands first decides."""
    rules = [UrgentRule("a-01", (("刀",),)), UrgentRule("b-01", (("敲门",),))]
    assert Gate(rules, str).check("拿刀敲门").card == "a-01"
    assert Gate(rules[::-1], str).check("拿刀敲门").card == "b-01"
