"""What sections teach: only what the phrases do not know, and only from enough articles."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.article import Article
from indexer.topic_model import LEAST, TopicModel, load_model, train
from indexer.topics import topics_of
from tests.test_topics import article_of

NEW = {"y-te": ("Y tế", "mạch môn hoa thảo quả"), "giao-duc": ("Giáo dục", "bảng phấn mực giấy")}
"""Sections and words that no phrase of topics.toml has."""

FILLING = "ngày nay người ta nói rằng việc này đã được làm xong ở đây với nhau"


def sectioned(count: int, text: str = "") -> list[Article]:
    """Articles of both sections, of words of their section among others; or all of one text."""
    choose = random.Random(3)
    found = []
    for number in range(count):
        section, own = choose.choice(list(NEW.values()))
        words = choose.choices(own.split(), k=4) + choose.choices(FILLING.split(), k=20)
        choose.shuffle(words)
        article = article_of("Tin", text or " ".join(words), section=section)
        found.append(replace(article, identity=str(number)))
    return found


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return train(sectioned(4 * LEAST))[0]


def test_what_the_phrases_do_not_know_is_learned() -> None:
    model, compared = train(sectioned(4 * LEAST))
    assert {each.slug for each in compared} == set(NEW) == set(model.weights)
    assert all(each.used and each.phrases == 0 and each.model > 0.9 for each in compared)


def test_a_learned_topic_says_why(model: TopicModel) -> None:
    article = article_of("Tin", "Người ta nói rằng mạch môn, thảo quả đã được làm xong ở đây.")
    assert not topics_of(article)
    [match] = model.topics_of(article)
    assert (match.slug, match.label) == ("y-te", "Y tế")
    assert set(match.phrases) & {"mạch", "môn", "thảo", "quả"}


def test_topics_it_was_not_taught_are_told_by_phrases(model: TopicModel) -> None:
    article = article_of("Tổng vệ sinh môi trường", "Thu gom rác thải.")
    assert "moi-truong" in {match.slug for match in model.topics_of(article)}


def test_what_the_phrases_know_as_well_is_left_to_them() -> None:
    articles = [
        replace(article, body=(f"{text} {number}",), section=section)
        for number in range(2 * LEAST)
        for section, text in (
            ("Y tế", "Trạm y tế tiêm chủng, khám sức khỏe, hiến máu."),
            ("Giáo dục", "Tuyển sinh, khai giảng, phụ huynh, học phí."),
        )
        for article in [replace(article_of("Tin", ""), identity=f"{section} {number}")]
    ]
    model, compared = train(articles)
    assert {each.phrases for each in compared} == {1.0}
    assert not model.weights


@pytest.mark.parametrize("articles", [[], sectioned(LEAST // 2)])
def test_too_few_teach_nothing(articles: list[Article]) -> None:
    assert train(articles) == (TopicModel({}), ())


def test_a_saved_model_is_the_same(model: TopicModel, tmp_path: Path) -> None:
    assert load_model(tmp_path / "model.json") is None
    model.save(tmp_path / "model.json")
    assert load_model(tmp_path / "model.json") == model
