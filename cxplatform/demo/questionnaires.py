"""Aurora's surveys as documents, complete in four languages."""

from surveys.document.expressions import Between, answer_of
from surveys.document.questions import (
    Ces,
    Choice,
    Csat,
    LongText,
    MultipleChoice,
    Nps,
    Question,
    Rating,
    SingleChoice,
)
from surveys.document.questions.wording import FourLanguages, four, text_in
from surveys.document.schema import Page, SurveyDocument
from surveys.document.starters import starter_document
from surveys.document.texts import LANGUAGES, Text

THANKS = four(
    "Thank you. The people who run your flights read every answer.",
    "Vielen Dank. Wer Ihre Flüge verantwortet, liest jede Antwort.",
    "谢谢您。负责航班的同事会阅读每一份回答。",
    "Terima kasih. Pasukan yang mengendalikan penerbangan anda membaca setiap jawapan.",
)
PRIVATE = four(
    "As much or as little as you like. Please leave out card and passport numbers.",
    "So viel oder so wenig Sie möchten. Bitte nennen Sie keine Karten- oder Ausweisnummern.",
    "多写少写都可以。请不要填写银行卡号或证件号码。",
    "Tulis sebanyak atau seringkas yang anda mahu. Sila jangan tulis nombor kad atau pasport.",
)
TOUCHPOINTS = {
    "checkin": four("Check-in", "Check-in", "值机", "Daftar masuk"),
    "boarding": four("Boarding", "Einsteigen", "登机", "Menaiki pesawat"),
    "crew": four("Cabin crew", "Kabinenpersonal", "乘务员", "Anak kapal kabin"),
    "seat": four("Seat comfort", "Sitzkomfort", "座椅舒适度", "Keselesaan tempat duduk"),
    "food": four("Food and drink", "Essen und Getränke", "餐食与饮料", "Makanan dan minuman"),
    "baggage": four("Baggage claim", "Gepäckausgabe", "行李提取", "Tuntutan bagasi"),
}
MATTERS = {
    "price": four("Price", "Preis", "价格", "Harga"),
    "punctual": four("Being on time", "Pünktlichkeit", "准点", "Ketepatan masa"),
    "crew": four(
        "The people on board", "Menschen an Bord", "机上服务人员", "Kakitangan di pesawat"
    ),
    "seat": four("Room and comfort", "Platz und Komfort", "空间与舒适", "Ruang dan keselesaan"),
    "baggage": four("Baggage", "Gepäck", "行李", "Bagasi"),
}
FEEL = "How do you feel about Aurora Air"
FLIGHT = "After your flight"
BOOKING = "Changing a booking"


def _t(words: FourLanguages) -> Text:
    return text_in(words, LANGUAGES)


def _why(key: str, title: FourLanguages, low: int, high: int) -> LongText:
    condition = Between(left=answer_of("nps"), low=low, high=high)
    return LongText(key=key, title=_t(title), help=_t(PRIVATE), shown_if=condition)


def feel(*, version: int) -> SurveyDocument:
    """The relationship survey; its second version also asks what matters most."""
    nps = Nps.default(
        "nps",
        LANGUAGES,
        required=True,
        title=_t(
            four(
                "How likely are you to recommend Aurora Air to a friend or colleague?",
                "Wie wahrscheinlich ist es, dass Sie Aurora Air im Freundes- oder "
                "Kollegenkreis weiterempfehlen?",
                "您有多大可能向朋友或同事推荐极光航空？",
                "Sejauh manakah kemungkinan anda mengesyorkan Aurora Air kepada kawan atau "
                "rakan sekerja?",
            )
        ),
    )
    wrong = four(
        "What went wrong?",
        "Was ist schiefgelaufen?",
        "哪些方面出了问题？",
        "Apakah yang tidak kena?",
    )
    ten = four(
        "What would have made it a ten?",
        "Was hätte es für eine Zehn gebraucht?",
        "怎样做才能让您打十分？",
        "Apakah yang akan menjadikannya sepuluh?",
    )
    best = four(
        "What do we do best?",
        "Was machen wir am besten?",
        "我们哪一点做得最好？",
        "Apakah yang paling baik kami lakukan?",
    )
    why: list[Question] = [
        _why("wrong", wrong, 0, 6),
        _why("ten", ten, 7, 8),
        _why("best", best, 9, 10),
    ]
    pages = [Page(key="score", questions=[nps]), Page(key="why", questions=why)]
    if version > 1:
        pages.append(Page(key="more", questions=[_matters()]))
    title = four(
        FEEL,
        "Wie stehen Sie zu Aurora Air",
        "您对极光航空的感受",
        "Perasaan anda terhadap Aurora Air",
    )
    return SurveyDocument(
        languages=list(LANGUAGES), title=_t(title), thanks=_t(THANKS), pages=pages
    )


def _matters() -> MultipleChoice:
    title = four(
        "What matters most to you when you choose an airline?",
        "Was ist Ihnen bei der Wahl einer Fluggesellschaft am wichtigsten?",
        "选择航空公司时，您最看重什么？",
        "Apakah yang paling penting apabila anda memilih syarikat penerbangan?",
    )
    choices = [Choice(key=key, label=_t(label)) for key, label in MATTERS.items()]
    return MultipleChoice(key="matters", title=_t(title), choices=choices, max_picks=2)


def after_flight() -> SurveyDocument:
    """The transactional survey: satisfaction, six touchpoints, ease of online check-in, why."""
    title = four(FLIGHT, "Nach Ihrem Flug", "航班结束之后", "Selepas penerbangan anda")
    intro = four(
        "It takes about a minute. Your answers go to the people who run this flight.",
        "Es dauert etwa eine Minute. Ihre Antworten gehen an die Zuständigen für diesen Flug.",
        "大约需要一分钟。您的回答会交给负责该航班的同事。",
        "Ia mengambil masa kira-kira seminit. Jawapan anda dibaca oleh pasukan penerbangan.",
    )
    pages = [
        Page(key="overall", questions=[_satisfaction()]),
        Page(key="touchpoints", questions=[_rating(key) for key in TOUCHPOINTS]),
        Page(key="effort", questions=[_ease(), _comment()]),
    ]
    return SurveyDocument(
        languages=list(LANGUAGES), title=_t(title), intro=_t(intro), thanks=_t(THANKS), pages=pages
    )


def _satisfaction() -> Csat:
    title = four(
        "How satisfied or dissatisfied are you with your flight?",
        "Wie zufrieden oder unzufrieden sind Sie mit Ihrem Flug?",
        "您对这次航班满意还是不满意？",
        "Sejauh manakah anda berpuas hati atau tidak berpuas hati dengan penerbangan anda?",
    )
    return Csat.default("satisfaction", LANGUAGES, required=True, title=_t(title))


def _rating(key: str) -> Rating:
    return Rating.default(key, LANGUAGES, title=_t(TOUCHPOINTS[key]), not_applicable=True)


def _ease() -> Ces:
    title = four(
        "How far do you agree or disagree: “Aurora Air made it easy to check in online”?",
        "Wie sehr stimmen Sie zu oder nicht zu: „Aurora Air hat es mir leicht gemacht, online "
        "einzuchecken“?",
        "您在多大程度上同意或不同意：“极光航空的网上值机很省事”？",
        "Sejauh manakah anda bersetuju atau tidak bersetuju: “Aurora Air memudahkan daftar masuk "
        "dalam talian”?",
    )
    return Ces.default("ease", LANGUAGES, version=2, title=_t(title), not_applicable=True)


def _comment() -> LongText:
    title = four(
        "What should we know about this flight?",
        "Was sollten wir über diesen Flug wissen?",
        "关于这次航班，您想告诉我们什么？",
        "Apakah yang perlu kami ketahui tentang penerbangan ini?",
    )
    return LongText(key="comment", title=_t(title), help=_t(PRIVATE))


def changing_a_booking() -> SurveyDocument:
    """A survey still being designed: two languages, the second not finished."""
    both = ("en", "de")
    start = starter_document("ces_after_ticket", both)
    where = Text({"en": "Where did you change it?", "de": "Wo haben Sie umgebucht?"})
    labels = {
        "app": {"en": "In the app", "de": "In der App"},
        "web": {"en": "On the website", "de": "Auf der Website"},
        "phone": {"en": "On the phone"},
    }
    choices = [Choice(key=key, label=Text(label)) for key, label in labels.items()]
    channel = SingleChoice(key="where", title=where, choices=choices)
    first, *rest = start.pages
    page = first.model_copy(update={"questions": [channel, *first.questions]})
    title = Text({"en": BOOKING, "de": "Eine Buchung ändern"})
    return start.model_copy(update={"title": title, "pages": [page, *rest]})
