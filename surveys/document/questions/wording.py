"""The neutral standard wording of each question type, complete in four languages."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from surveys.document.texts import Text

type FourLanguages = Mapping[str, str]


def four(en: str, de: str, zh: str, ms: str) -> FourLanguages:
    return MappingProxyType({"en": en, "de": de, "zh-Hans": zh, "ms": ms})


def text_in(words: FourLanguages, languages: Sequence[str]) -> Text:
    """The words in those of ``languages`` that have them."""
    return Text({lang: words[lang] for lang in languages if lang in words})


TITLES: dict[str, FourLanguages] = {
    "nps": four(
        "How likely are you to recommend us to a friend or colleague?",
        "Wie wahrscheinlich ist es, dass Sie uns im Freundes- oder Kollegenkreis weiterempfehlen?",
        "您有多大可能向朋友或同事推荐我们？",
        "Sejauh manakah kemungkinan anda mengesyorkan kami kepada kawan atau rakan sekerja?",
    ),
    "csat": four(
        "How satisfied or dissatisfied are you overall?",
        "Wie zufrieden oder unzufrieden sind Sie insgesamt?",
        "总体而言，您满意还是不满意？",
        "Secara keseluruhan, sejauh manakah anda berpuas hati atau tidak berpuas hati?",
    ),
    "ces_1": four(
        "How much effort did you personally have to put in to handle your request?",
        "Wie viel Aufwand hatten Sie selbst, um Ihr Anliegen zu erledigen?",
        "为处理您的问题，您本人花费了多少精力？",
        "Berapa banyakkah usaha yang perlu anda sendiri lakukan untuk menyelesaikan urusan anda?",
    ),
    "ces_2": four(
        "How far do you agree or disagree: “The company made it easy for me to handle my issue”?",
        "Wie sehr stimmen Sie zu oder nicht zu: „Das Unternehmen hat es mir leicht gemacht, "
        "mein Anliegen zu erledigen“?",
        "您在多大程度上同意或不同意以下说法：“这家公司让我轻松地解决了问题”？",
        "Sejauh manakah anda bersetuju atau tidak bersetuju: “Syarikat ini memudahkan saya "
        "menyelesaikan urusan saya”?",
    ),
    "rating": four(
        "How would you rate this?",
        "Wie bewerten Sie dies?",
        "您如何评价这一项？",
        "Bagaimanakah anda menilai perkara ini?",
    ),
    "single_choice": four(
        "Which of these applies to you?",
        "Was davon trifft auf Sie zu?",
        "以下哪一项符合您的情况？",
        "Yang manakah antara berikut berkenaan dengan anda?",
    ),
    "multiple_choice": four(
        "Which of these apply to you?",
        "Welche davon treffen auf Sie zu?",
        "以下哪些符合您的情况？",
        "Apakah antara berikut yang berkenaan dengan anda?",
    ),
    "short_text": four(
        "How would you put it in a few words?",
        "Wie würden Sie es in wenigen Worten sagen?",
        "请用几个词说说您的想法。",
        "Bagaimanakah anda menyatakannya dalam beberapa patah perkataan?",
    ),
    "long_text": four(
        "What is the main reason for your answer?",
        "Was ist der wichtigste Grund für Ihre Antwort?",
        "您这样回答的主要原因是什么？",
        "Apakah sebab utama bagi jawapan anda?",
    ),
}

LOW_ENDS: dict[str, FourLanguages] = {
    "nps": four(
        "Not at all likely", "Überhaupt nicht wahrscheinlich", "完全不可能", "Sangat tidak mungkin"
    ),
    "csat": four(
        "Very dissatisfied", "Sehr unzufrieden", "非常不满意", "Sangat tidak berpuas hati"
    ),
    "ces_1": four(
        "Very low effort", "Sehr geringer Aufwand", "花费的精力很少", "Usaha yang sangat sedikit"
    ),
    "ces_2": four(
        "Strongly disagree", "Stimme überhaupt nicht zu", "非常不同意", "Sangat tidak setuju"
    ),
    "rating": four("Very poor", "Sehr schlecht", "非常差", "Sangat lemah"),
}

HIGH_ENDS: dict[str, FourLanguages] = {
    "nps": four("Extremely likely", "Äußerst wahrscheinlich", "极有可能", "Sangat mungkin"),
    "csat": four("Very satisfied", "Sehr zufrieden", "非常满意", "Sangat berpuas hati"),
    "ces_1": four(
        "Very high effort", "Sehr hoher Aufwand", "花费的精力很多", "Usaha yang sangat banyak"
    ),
    "ces_2": four("Strongly agree", "Stimme voll und ganz zu", "非常同意", "Sangat setuju"),
    "rating": four("Very good", "Sehr gut", "非常好", "Sangat baik"),
}

OPTION = four("Option {number}", "Antwort {number}", "选项 {number}", "Pilihan {number}")


def option(number: int, languages: Sequence[str]) -> Text:
    words = {lang: text.format(number=number) for lang, text in OPTION.items()}
    return text_in(words, languages)
