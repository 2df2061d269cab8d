"""Names as people have them, by language; every person and company is made up."""

from dataclasses import dataclass
from random import Random

from cxplatform.shared.text import fold_german

NORDIC = {
    "Ms": "Ingrid Astrid Sigrid Elin Maja Freja Solveig Liv Karin Hanna Kaisa Aino Signe Ida "
    "Emilie Tuva Nora Thea Linnea Birgit",
    "Mr": "Lars Erik Jonas Magnus Sven Anders Mikkel Henrik Oskar Nils Aksel Bjørn Eero Mats "
    "Rasmus Håkon Søren Viktor Emil Leif",
}
NORDIC_FAMILIES = (
    "Hansen Johansson Andersen Lindqvist Berg Dahl Nygård Solberg Holm Sandvik Lund Ekström "
    "Halvorsen Virtanen Korhonen Bakke Moen Jensen Mikkelsen Åberg Strand Haugen Kjær Nyström "
    "Fossum Bergström Lie Øverland Rask Wallin"
)
ENGLISH = {
    "Ms": "Alice Grace Olivia Priya Charlotte Amara Hannah Isla Zoe Chloe Leila Naomi Ruth Inês "
    "Beatriz Clare Fiona Harriet Anita Mary",
    "Mr": "James Oliver Daniel Arjun Thomas Kwame Samuel Rohan Patrick Henry Omar David Liam "
    "Rafael Miguel George Callum Adam Vikram Peter",
}
ENGLISH_FAMILIES = (
    "Taylor Walker Okafor Sharma Hughes Clarke Mensah Iyer Murphy Bennett Duarte Reyes Fraser "
    "Campbell Rao Edwards Foster Novak Silva Turner Doyle Fernandes Ward Menon Price Hall Osei "
    "Grant Khan Whitfield"
)
GERMAN = {
    "Frau": "Anna Katharina Jutta Ulrike Lena Sophie Jördis Käthe Marlene Franziska Birte Heike "
    "Johanna Lieselotte Mareike Greta Theresa Wiebke Sabine Clara",
    "Herr": "Lukas Jürgen Matthias Götz Florian Jörg Sebastian Günther Moritz Tobias Björn Emil "
    "Konrad Rüdiger Felix Stefan Jannik Andreas Wolfgang Karl-Heinz",
}
GERMAN_FAMILIES = (
    "Müller Schäfer Köhler Weiß Groß Brückner Böhm Jäger Krüger Schröder Hübner Vogel Fuchs "
    "Kühn Lindner Steinbach Meißner Bäcker Zöllner Hoffmann Wagner Keller Roth Brandt Lüdtke "
    "Thalmann Grünwald Österle Pfäffli Huber"
)
# Written form and romanisation, which addresses are made of.
CHINESE_FAMILIES = (
    "王wang 李li 张zhang 刘liu 陈chen 杨yang 黄huang 赵zhao 吴wu 周zhou 徐xu 孙sun 马ma 朱zhu "
    "胡hu 郭guo 何he 林lin 高gao 罗luo 郑zheng 梁liang 谢xie 宋song 唐tang 许xu 韩han 冯feng "
    "邓deng 曹cao"
)
CHINESE = {
    "女士": "芳fang 静jing 丽娜lina 敏min 雪梅xuemei 婷婷tingting 欣怡xinyi 雅文yawen 晓燕xiaoyan "
    "慧hui 思佳sijia 美玲meiling 玉兰yulan 诗涵shihan 佳佳jiajia 淑珍shuzhen",
    "先生": "伟wei 强qiang 建国jianguo 志明zhiming 俊杰junjie 浩然haoran 磊lei 家豪jiahao "
    "文博wenbo 子轩zixuan 晓东xiaodong 国强guoqiang 宇航yuhang 明辉minghui 振华zhenhua 鹏peng",
}
MALAY = {
    "Puan": "Nurul|Siti Aminah|Aisyah|Farah|Nur Izzati|Zainab|Haslinda|Norhayati|Amira|Rosmah|"
    "Syafiqah|Khadijah|Noraini|Balqis|Mastura|Yasmin",
    "Encik": "Ahmad|Mohd Faizal|Hafiz|Azlan|Ismail|Syahrul|Razak|Iskandar|Khairul|Zulkifli|"
    "Amirul|Farid|Nizam|Shahrizal|Hakim|Rosli",
}
MALAY_FATHERS = (
    "Abdullah Ibrahim Hassan Osman Yusof Rahman Omar Salleh Ismail Kassim Hamid Jaafar Latif "
    "Mahmud Idris Zakaria Bakar Sulaiman Harun Talib"
)
COMPANIES = (
    ("Fjordline Energy AS", "oslo"),
    ("Norrsken Studio AB", "stockholm"),
    ("Havn Logistik ApS", "copenhagen"),
    ("Brückner Maschinenbau GmbH", "frankfurt"),
    ("Donau Versicherungsdienst AG", "vienna"),
    ("Limmat Instruments AG", "zurich"),
    ("Merlion Bioworks Pte Ltd", "singapore"),
    ("Kenari Teknologi Sdn Bhd", "kuala-lumpur"),
    ("东海精密仪器有限公司", "shanghai"),
)


@dataclass(frozen=True)
class Name:
    """A person's name in its own script, how they are addressed, and its letters for an address."""

    given: str
    family: str
    display: str
    address: str
    letters: str


def latin(rng: Random, givens: dict[str, str], families: str) -> Name:
    address = rng.choice(tuple(givens))
    given = rng.choice(givens[address].split())
    family = rng.choice(families.split())
    return Name(given, family, "", address, letters(f"{given}.{family}"))


def chinese(rng: Random) -> Name:
    address = rng.choice(tuple(CHINESE))
    given, spelled = romanised(rng.choice(CHINESE[address].split()))
    family, family_spelled = romanised(rng.choice(CHINESE_FAMILIES.split()))
    return Name(given, family, f"{family}{given}", address, f"{family_spelled}.{spelled}")


def romanised(entry: str) -> tuple[str, str]:
    """The characters of an entry, and its letters."""
    written = "".join(letter for letter in entry if not letter.isascii())
    return written, entry.removeprefix(written)


def malay(rng: Random) -> Name:
    """A given name and the father's; there is no family name to greet by."""
    address = rng.choice(tuple(MALAY))
    given = rng.choice(MALAY[address].split("|"))
    father = rng.choice(MALAY_FATHERS.split())
    link = "binti" if address == "Puan" else "bin"
    display = f"{given} {link} {father}"
    return Name(given, "", display, address, letters(f"{given}.{father}"))


def letters(text: str) -> str:
    """The name as it stands in an address: ASCII letters, dots and hyphens."""
    spelled = fold_german(text).replace("ø", "o").replace("æ", "ae").replace(" ", "")
    return "".join(letter for letter in spelled if letter.isascii())


def name_in(rng: Random, language: str, *, nordic: bool) -> Name:
    """A name that is usual among those who speak the language there."""
    if language == "zh-Hans":
        return chinese(rng)
    if language == "ms":
        return malay(rng)
    if language == "de":
        return latin(rng, GERMAN, GERMAN_FAMILIES)
    return latin(rng, NORDIC, NORDIC_FAMILIES) if nordic else latin(rng, ENGLISH, ENGLISH_FAMILIES)
