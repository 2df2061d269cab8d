"""What a respondent sees: a page of questions, or the page that says why there is none.

Rendered without a request: these pages know no session, no user and no cookie.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format

from surveys.document.answering import page_questions, previous_page, progress
from surveys.document.answers import Answer
from surveys.document.messages import CATALOGUES, say, spoken
from surveys.document.questions import Question
from surveys.document.schema import SurveyDocument
from surveys.document.texts import choose_language
from surveys.presenting import Words, as_entered, direction, fields_of, languages_of

ENDINGS = {
    "thanks": 200,
    "answered": 200,
    "closed": 410,
    "ended": 410,
    "expired": 410,
    "unknown": 404,
    "unreadable": 400,
    "busy": 429,
    "unsubscribe_test": 200,
}
# Stand in for token, address and way out; random, so that no author's text can hold them.
_TOKEN, _URL, _STOP = (secrets.token_hex(16) for _each in range(3))
MOST_KEPT = 500
_untouched: dict[tuple[Any, ...], str] = {}


@dataclass
class QuestionPage:
    """Everything one page of questions depends on."""

    document: SurveyDocument
    index: int
    lang: str
    answers: Mapping[str, Answer]
    token: str
    url: str = ""
    stop_url: str = ""  # where an invited person says "no more"
    organisation: Mapping[str, Any] = field(default_factory=dict)
    entered: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    note: str = ""  # a key of the respondents' catalogue
    identified: bool = False
    is_test: bool = False  # answered for a try: it counts nowhere
    all_questions: bool = False  # those in no force yet too, for somebody is writing them
    extra: Mapping[str, Any] = field(default_factory=dict)

    def context(self) -> dict[str, Any]:
        questions = self._questions()
        stored = {each.key: as_entered(self.answers.get(each.key)) for each in questions}
        fields = fields_of(
            self.document,
            questions,
            entered={**stored, **self.entered},
            errors=self.errors,
            lang=self.lang,
        )
        steps = progress(self.document, self.answers, self.index)
        return {
            **frame(self.document, self.lang, self.organisation),
            "page": self,
            "number": self.index + 1,
            "fields": fields,
            "alone": len(fields) == 1,
            "heading": self.text(self.document.pages[self.index].title),
            "intro": self.text(self.document.intro) if self.index == 0 else "",
            "footer": self.text(self.document.footer),
            "shown": " ".join(each.key for each in questions),
            "wrong": [each for each in fields if each.error],
            "summary": say(self.lang, "error_summary", count=len(self.errors)),
            "steps": steps,
            "step_text": say(self.lang, "step_of", step=steps.step, steps=steps.steps),
            "is_last": steps.step == steps.steps,
            "has_back": previous_page(self.document, self.answers, self.index) is not None,
            "note_text": say(self.lang, self.note) if self.note else "",
            "who_sees": self._who_sees(),
            **self.extra,
        }

    def _questions(self) -> list[Question]:
        if self.all_questions:
            return self.document.pages[self.index].questions
        return page_questions(self.document, self.answers, self.index)

    def text(self, text: Any) -> str:
        return self.document.text(text, self.lang)

    def _who_sees(self) -> str:
        name = self.organisation.get("name", "")
        if not (self.identified and name):
            return ""
        return say(self.lang, "identified_note", organisation=name)

    def render(self, *, status: int = 200) -> HttpResponse:
        return HttpResponse(self._html(), status=status)

    def render_untouched(self, version: int) -> HttpResponse:
        """The page before anything was answered: alike for all but for its address and token,
        which are put into what was rendered for the first of them."""
        key = (
            version,
            self.index,
            self.lang,
            self.note,
            self.identified,
            self.is_test,
            tuple(sorted(self.organisation.items())),
            tuple((name, *values) for name, values in self.entered.items()),
        )
        html = _untouched.get(key)
        if html is None:
            stop = _STOP if self.stop_url else ""
            html = replace(self, token=_TOKEN, url=_URL, stop_url=stop)._html()
            if len(_untouched) >= MOST_KEPT:
                _untouched.pop(next(iter(_untouched)), None)
            _untouched[key] = html
        own = ((_TOKEN, self.token), (_URL, self.url), (_STOP, self.stop_url))
        for slot, value in own:
            html = html.replace(slot, value)
        return HttpResponse(html)

    def _html(self) -> str:
        return render_to_string("surveys/respond/page.html", self.context())


def frame(
    document: SurveyDocument | None, lang: str, organisation: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "lang": lang,
        "dir": direction(lang),
        "words": Words(lang),
        "organisation": organisation,
        "title": document.text(document.title, lang) if document else "",
        "languages": languages_of(document, lang) if document else [],
    }


def ending(
    kind: str,
    *,
    lang: str,
    document: SurveyDocument | None = None,
    organisation: Mapping[str, Any] | None = None,
    until: date | None = None,
) -> HttpResponse:
    """In: which of ENDINGS, for whom. Out: its page, with its own status."""
    own = document.text(document.thanks, lang) if document and kind == "thanks" else ""
    params = {"date": date_in_words(until, lang)} if until else {}
    context = {
        **frame(document, lang, organisation or {}),
        "heading": say(lang, f"{kind}_title"),
        "own": bool(own),
        "text": own or say(lang, f"{kind}_text", **params),
        "here": "?done=1&" if kind == "thanks" else "?",
    }
    html = render_to_string("surveys/respond/end.html", context)
    return HttpResponse(html, status=ENDINGS[kind])


def date_in_words(day: date, lang: str) -> str:
    """A date as it stands in a sentence of ours."""
    with translation.override(spoken(lang).lower()):
        return date_format(day, "DATE_FORMAT")


def spoken_language(wanted: Sequence[str]) -> str:
    """The first wanted language in which we have words of our own, else English."""
    return choose_language(wanted, list(CATALOGUES))
