"""What one respondent answers: scores from the mood, words from the scores, and gaps."""

from typing import Any

from cxplatform.demo.moods import Mood
from cxplatform.demo.questionnaires import MATTERS, TOUCHPOINTS
from cxplatform.demo.scene import Scene
from cxplatform.demo.voices import TOPICS, comment
from surveys.document.answers import not_applicable

type Answers = dict[str, Any]

# How many did not meet a touchpoint: hand luggage only, no meal on a short flight, a desk.
NOT_MET = {"baggage": 0.42, "food": 0.14, "checkin": 0.06, "ease": 0.24, "crew": 0.01}
SKIPPED = 0.04


def feel(scene: Scene, mood: Mood, language: str, *, version: int) -> Answers:
    """The relationship survey."""
    score = mood.nps()
    answers: Answers = {"nps": score}
    key, tone, share = _follow_up(score)
    if scene.chance(share):
        answers[key] = comment(scene.rng, language, _topic(scene, mood, tone), tone)
    if version > 1 and not scene.chance(0.2):
        picked = scene.rng.sample(list(MATTERS), k=scene.rng.choice((1, 2, 2)))
        answers["matters"] = [key for key in MATTERS if key in picked]
    return answers


def _follow_up(score: int) -> tuple[str, str, float]:
    """The question shown for that score, the tone of the answer, and how many give one."""
    if score <= 6:
        return "wrong", "bad", 0.6
    return ("ten", "wish", 0.4) if score <= 8 else ("best", "good", 0.42)


def _topic(scene: Scene, mood: Mood, tone: str) -> str:
    if mood.bags_are_late and tone == "bad" and scene.chance(0.45):
        return "baggage"
    return scene.rng.choice(TOPICS)


def after_flight(scene: Scene, mood: Mood, language: str) -> Answers:
    """The survey after a flight."""
    answers: Answers = {"satisfaction": mood.five("overall")}
    for key in TOUCHPOINTS:
        _add(scene, answers, key, mood.five(key))
    _add(scene, answers, "ease", mood.seven("ease"))
    words = _words(scene, answers, language)
    return answers | ({"comment": words} if words else {})


def _add(scene: Scene, answers: Answers, key: str, value: int) -> None:
    if scene.chance(SKIPPED):
        return
    not_met = scene.chance(NOT_MET.get(key, 0.0))
    answers[key] = not_applicable() if not_met else value


def _words(scene: Scene, answers: Answers, language: str) -> str:
    """Who rates something very low or very high says so more often; else a wish, or nothing."""
    rated = {key: answers[key] for key in TOUCHPOINTS if isinstance(answers.get(key), int)}
    worst = min(rated, key=lambda key: rated[key], default="")
    best = max(rated, key=lambda key: rated[key], default="")
    second = scene.rng.choice(("punctual", "price")) if scene.chance(0.2) else ""
    if worst and rated[worst] <= 2 and scene.chance(0.5):
        return comment(scene.rng, language, worst, "bad", also=second)
    if best and rated[best] == 5 and answers["satisfaction"] >= 4 and scene.chance(0.24):
        return comment(scene.rng, language, best, "good", also=second)
    if worst and scene.chance(0.08):
        return comment(scene.rng, language, worst, "wish")
    return ""


def first_page(answers: Answers) -> Answers:
    """What is kept of somebody who left after the first page."""
    key = next(iter(answers))
    return {key: answers[key]}
