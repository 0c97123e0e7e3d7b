"""Weights and thresholds: bound to the scoring, and learnt as described."""

import json

import pytest
from doubles import phrased_knowledge

from bot.errors import CalibrationMismatch
from bot.search.calibrate import calibrate, fit_weights, observe
from bot.search.calibration import SCORING, dump_calibration, load_calibration
from bot.search.evaluate import Labelled, judge, report
from bot.search.model import build_model
from bot.search.searcher import Searcher
from bot.search.tokens import Tokeniser


def test_shipped_calibration_belongs_to_this_scoring():
    """What ships can be loaded, and is written back as it stands."""
    calibration = load_calibration()
    assert json.loads(dump_calibration(calibration))["scoring"] == SCORING
    assert 0 < calibration.thresholds.answer < 1


@pytest.mark.parametrize(
    "change",
    [
        {"scoring": "0"},
        {"scoring": None},
        {"weights": {}},
        {"thresholds": {"answer": "much"}},
        {"weights": None},
    ],
)
def test_foreign_calibration_is_refused(tmp_path, change):
    """Thresholds of another scoring, or what is no calibration, stop the start."""
    stored = json.loads(dump_calibration(load_calibration())) | change
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(stored), "utf-8")
    with pytest.raises(CalibrationMismatch):
        load_calibration(path)


def test_broken_file_is_refused(tmp_path):
    """A file that is no JSON is no calibration."""
    path = tmp_path / "calibration.json"
    path.write_text("{", "utf-8")
    with pytest.raises(CalibrationMismatch):
        load_calibration(path)


def test_hidden_phrasings_teach_the_weights():
    """Each phrasing is looked at once without being known, and the views are found useful."""
    knowledge = phrased_knowledge.build()
    observations = observe(knowledge, folds=3)
    examples = sum(len(article.examples) + 1 for article in knowledge.articles.values())
    assert len(observations) == examples + len(knowledge.none) + len(knowledge.unclear)
    weights = fit_weights(observations)
    assert weights.linear > 0


def test_calibrated_thresholds_keep_other_matters_unanswered():
    """Thresholds are chosen so that what deserves no article gets none, and the rest is found."""
    knowledge = phrased_knowledge.build()
    labelled = [
        Labelled("支付令咋整啊", "lawsuit-03", (), "plain"),
        Labelled("晚还款一天有没有影响", "overdue-01", (), "plain"),
        Labelled("老公网贷要我还吗", "family-04", (), "plain"),
        Labelled("今天天气好不好", "none", (), "chat"),
        Labelled("红烧鱼怎么做", "none", (), "chat"),
    ]
    calibration = calibrate(knowledge, labelled)
    model = build_model(knowledge, Tokeniser(knowledge.lexicon))
    searcher = Searcher(knowledge, model, calibration)
    total = report(judge(searcher, labelled), searcher.urgent)[0]
    assert total.false_answers == 0
    assert total.hit3 > 0
