"""People who do not exist, with their phones, mails, identity numbers and tokens: what no shareable output may show."""

import random
from dataclasses import dataclass

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"
GIVEN = ["翊珩", "沐宸", "芷若", "景澜", "望舒", "书瑶", "砚秋", "若溪", "闻笙", "怀瑾"]
FIRST = ["Aurelio", "Brunhild", "Cosima", "Dagmar", "Evander", "Fiorella", "Gudrun", "Hjalmar", "Isolde", "Jorunn"]
LAST = ["Quackenbush", "Thistlewood", "Vanterpool", "Wrigglesworth", "Zelazny", "Okonkwo", "Featherstone", "Birnbaum",
        "Castellanos", "Drinkwater"]
_WEIGHTS, _CHECKS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


def chinese_names(n: int = 100) -> list[str]:
    names = [surname + given for given in GIVEN for surname in SURNAMES]
    return random.Random(1).sample(names, n)


def english_names(n: int = 100) -> list[str]:
    return [f"{first} {last}" for first in FIRST for last in LAST][:n]


def id_card(number: int) -> str:
    body = f"31010419{60 + number % 39}{1 + number % 12:02}{1 + number % 28:02}{100 + number % 900}"
    return body + _CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


@dataclass(frozen=True)
class Person:
    name: str
    mobile: str
    phone: str
    mail: str
    card: str
    token: str

    @property
    def all(self) -> tuple[str, ...]:
        return (self.name, self.mobile, self.phone, self.mail, self.card, self.token)


def people() -> list[Person]:
    """200 people, half of them with Chinese names."""
    made = []
    for n, name in enumerate(chinese_names() + english_names()):
        draw = random.Random(name)
        made.append(Person(
            name=name, mobile=f"1{draw.choice('3578')}{draw.randrange(10**9):09}",
            phone=f"021-{draw.randrange(6 * 10**7, 7 * 10**7)}", mail=f"planted{n:03}@example-mail.cn",
            card=id_card(n * 7 + 3), token=f"sk_live_{draw.getrandbits(96):024x}"))
    return made


def needles() -> list[str]:
    """Everything that may be looked for; an English name also by its family name."""
    return [text for person in people() for text in person.all] + LAST
