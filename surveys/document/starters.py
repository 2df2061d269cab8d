"""Surveys to begin with, complete in four languages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from surveys.document.expressions import Between, answer_of
from surveys.document.questions import Ces, Csat, LongText, Nps, Question
from surveys.document.questions.wording import FourLanguages, four, text_in
from surveys.document.schema import Page, SurveyDocument
from surveys.document.texts import LANGUAGES, Text

type Build = Callable[[Sequence[str]], SurveyDocument]


@dataclass(frozen=True)
class Starter:
    """One starting point: its name and purpose for the author, and what it makes."""

    key: str
    name: Text
    purpose: Text
    build: Build


_THANKS = four(
    "Thank you for taking the time. The people responsible will read your answers.",
    "Vielen Dank für Ihre Zeit. Die Zuständigen lesen Ihre Antworten.",
    "感谢您抽出时间。相关负责人会阅读您的答案。",
    "Terima kasih atas masa anda. Pihak yang bertanggungjawab akan membaca jawapan anda.",
)
_FREE_TEXT_HELP = four(
    "As much or as little as you like. Please leave out card and passport numbers.",
    "So viel oder so wenig Sie möchten. Bitte nennen Sie keine Karten- oder Ausweisnummern.",
    "多写少写都可以。请不要填写银行卡号或证件号码。",
    "Tulis sebanyak atau seringkas yang anda mahu. Sila jangan tulis nombor kad atau pasport.",
)
_WENT_WRONG = four(
    "What went wrong?", "Was ist schiefgelaufen?", "哪些方面出了问题？", "Apakah yang tidak kena?"
)
_MAKE_IT_A_TEN = four(
    "What would have made it a ten?",
    "Was hätte es für eine Zehn gebraucht?",
    "怎样做才能让您打十分？",
    "Apakah yang akan menjadikannya sepuluh?",
)
_DID_BEST = four(
    "What did we do best?",
    "Was haben wir am besten gemacht?",
    "我们哪一点做得最好？",
    "Apakah yang paling baik kami lakukan?",
)
_AFTER_PURCHASE = four(
    "How satisfied or dissatisfied are you with your purchase?",
    "Wie zufrieden oder unzufrieden sind Sie mit Ihrem Einkauf?",
    "您对这次购买满意还是不满意？",
    "Sejauh manakah anda berpuas hati atau tidak berpuas hati dengan pembelian anda?",
)
_REASON = four(
    "What is the main reason for your answer?",
    "Was ist der wichtigste Grund für Ihre Antwort?",
    "您这样回答的主要原因是什么？",
    "Apakah sebab utama bagi jawapan anda?",
)
_EASIER = four(
    "What could we have made easier?",
    "Was hätten wir einfacher machen können?",
    "我们在哪方面可以更省事？",
    "Apakah yang boleh kami permudahkan lagi?",
)


def _document(title: FourLanguages, languages: Sequence[str], pages: list[Page]) -> SurveyDocument:
    return SurveyDocument(
        languages=list(languages),
        title=text_in(title, languages),
        thanks=text_in(_THANKS, languages),
        pages=pages,
    )


def _why(key: str, title: FourLanguages, languages: Sequence[str], **fields: Any) -> LongText:
    help_text = text_in(_FREE_TEXT_HELP, languages)
    return LongText.default(
        key, languages, title=text_in(title, languages), help=help_text, **fields
    )


def _relationship_nps(languages: Sequence[str]) -> SurveyDocument:
    def band(key: str, title: FourLanguages, low: int, high: int) -> LongText:
        condition = Between(left=answer_of("nps"), low=low, high=high)
        return _why(key, title, languages, shown_if=condition)

    follow_ups: list[Question] = [
        band("what_went_wrong", _WENT_WRONG, 0, 6),
        band("what_would_make_it_a_ten", _MAKE_IT_A_TEN, 7, 8),
        band("what_did_we_do_best", _DID_BEST, 9, 10),
    ]
    score = Page(key="score", questions=[Nps.default("nps", languages, required=True)])
    return _document(
        _NAMES["relationship_nps"], languages, [score, Page(key="why", questions=follow_ups)]
    )


def _csat_after_purchase(languages: Sequence[str]) -> SurveyDocument:
    title = text_in(_AFTER_PURCHASE, languages)
    csat = Csat.default("csat", languages, title=title, required=True)
    page = Page(key="purchase", questions=[csat, _why("why", _REASON, languages)])
    return _document(_NAMES["csat_after_purchase"], languages, [page])


def _ces_after_ticket(languages: Sequence[str]) -> SurveyDocument:
    ces = Ces.default("ces", languages, version=2, required=True)
    page = Page(key="ticket", questions=[ces, _why("why", _EASIER, languages)])
    return _document(_NAMES["ces_after_ticket"], languages, [page])


def _blank(languages: Sequence[str]) -> SurveyDocument:
    return _document(_NAMES["blank"], languages, [Page(key="page")])


_NAMES: Final[Mapping[str, FourLanguages]] = MappingProxyType(
    {
        "relationship_nps": four(
            "Your view of us",
            "Ihre Meinung über uns",
            "您对我们的看法",
            "Pandangan anda tentang kami",
        ),
        "csat_after_purchase": four(
            "Your purchase", "Ihr Einkauf", "您的购买体验", "Pembelian anda"
        ),
        "ces_after_ticket": four(
            "Your request to us", "Ihr Anliegen", "您的服务请求", "Permintaan anda kepada kami"
        ),
        "blank": four("New survey", "Neue Umfrage", "新调查", "Tinjauan baharu"),
    }
)
_LISTED: Final[Mapping[str, tuple[FourLanguages, FourLanguages, Build]]] = MappingProxyType(
    {
        "relationship_nps": (
            four("Relationship NPS", "Beziehungs-NPS", "关系型 NPS", "NPS hubungan"),
            four(
                "Would they recommend you, and why. Ask everyone from time to time.",
                "Würde man Sie empfehlen, und warum. Fragen Sie alle von Zeit zu Zeit.",
                "客户是否愿意推荐您，原因何在。适合定期询问所有客户。",
                "Adakah mereka akan mengesyorkan anda, dan mengapa. "
                "Tanya semua dari semasa ke semasa.",
            ),
            _relationship_nps,
        ),
        "csat_after_purchase": (
            four(
                "CSAT after a purchase",
                "CSAT nach einem Einkauf",
                "购买后 CSAT",
                "CSAT selepas pembelian",
            ),
            four(
                "How satisfied someone is with what they just bought.",
                "Wie zufrieden jemand mit dem letzten Einkauf ist.",
                "客户对刚刚的购买是否满意。",
                "Sejauh mana seseorang berpuas hati dengan pembelian terbaharunya.",
            ),
            _csat_after_purchase,
        ),
        "ces_after_ticket": (
            four(
                "CES after a ticket",
                "CES nach einer Anfrage",
                "服务请求后 CES",
                "CES selepas permintaan",
            ),
            four(
                "How easy it was to get a request handled.",
                "Wie leicht sich ein Anliegen erledigen ließ.",
                "客户解决问题是否省力。",
                "Sejauh mana mudahnya sesuatu urusan diselesaikan.",
            ),
            _ces_after_ticket,
        ),
        "blank": (
            four("Blank", "Leer", "空白", "Kosong"),
            four(
                "An empty page, for a survey of your own.",
                "Eine leere Seite für eine eigene Umfrage.",
                "从空白页开始，自行设计调查。",
                "Halaman kosong untuk tinjauan anda sendiri.",
            ),
            _blank,
        ),
    }
)
STARTERS: Final[dict[str, Starter]] = {
    key: Starter(key, Text(dict(name)), Text(dict(purpose)), build)
    for key, (name, purpose, build) in _LISTED.items()
}


def starter_document(key: str, languages: Sequence[str] = LANGUAGES) -> SurveyDocument:
    """A new document from a starter, in these languages, the first one leading.

    Raises KeyError for an unknown starter.
    """
    return STARTERS[key].build(languages)
