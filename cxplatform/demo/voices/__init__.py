"""What customers write, by language, topic and tone."""

from random import Random

from cxplatform.demo.voices import de, en, ms, zh_hans

type Tone = str  # good, bad, wish

SAID = {"en": en.SAID, "de": de.SAID, "zh-Hans": zh_hans.SAID, "ms": ms.SAID}
TOPICS = tuple(en.SAID)


def comment(rng: Random, language: str, topic: str, tone: Tone, *, also: str = "") -> str:
    """One sentence on the topic, and one on `also` in the same tone where it is named."""
    topics = [topic, also] if also and also != topic else [topic]
    gap = "" if language == "zh-Hans" else " "
    return gap.join(rng.choice(SAID[language][each][tone]) for each in topics)
