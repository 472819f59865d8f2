"""Names of firms and where they sit; none of them is meant to exist.

Every address is under `example.com` or `example.org`, which RFC 2606 keeps for examples.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

_CITIES: Final = (
    *("上海", "宁波", "苏州", "杭州", "深圳", "东莞", "广州", "佛山", "青岛", "天津"),
    *("武汉", "成都", "重庆", "厦门", "无锡", "常州", "合肥", "长沙", "郑州", "大连"),
)
_STYLES: Final = (
    *("恒通", "瑞丰", "华盛", "金源", "天成", "德信", "宏达", "嘉禾", "明远", "博雅"),
    *("永昌", "汇川", "联创", "安泰", "海纳", "正邦", "顺达", "万象", "启明", "同舟"),
)
_TRADES: Final = (
    *("机电", "贸易", "精密机械", "电子", "包装材料", "纺织", "化工", "五金", "物流设备", "食品"),
    *("汽车零部件", "新能源", "医疗器械", "建材", "塑胶"),
)
_FAMILIES: Final = ("Nordlicht", "Hartwell", "Pacific Ridge", "Alder", "Bellweather", "Castellan")
_MORE_FAMILIES: Final = ("Dunmore", "Eastgate", "Fairhaven", "Greystone", "Highmoor", "Ironbridge")
_GOODS: Final = ("Components", "Machinery", "Supply", "Textiles", "Instruments", "Packaging")
_JAPANESE: Final = ("Aoba", "Hikari", "Kazehaya", "Minato", "Shiraume", "Tsubame")

#: Domains kept for examples by RFC 2606.
DOMAINS: Final = ("example.com", "example.org")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where foreign firms sit, how they are called there, and in what they pay."""

    country: str
    form: str
    currency: str
    #: How many of a hundred foreign firms sit there.
    share: int


PLACES: Final = (
    Place(country="DE", form="GmbH", currency="EUR", share=30),
    Place(country="NL", form="B.V.", currency="EUR", share=15),
    Place(country="FR", form="SAS", currency="EUR", share=10),
    Place(country="US", form="Inc.", currency="USD", share=25),
    Place(country="SG", form="Pte. Ltd.", currency="USD", share=8),
    Place(country="JP", form="K.K.", currency="JPY", share=12),
)
#: The part of customers that are Chinese.
CHINESE_SHARE: Final = 0.7


@dataclass(frozen=True, kw_only=True)
class Party:
    """A firm as billing knows it."""

    name: str
    email: str
    locale: str
    country: str
    currency: str


def make_party(number: int, random: Random) -> Party:
    """Make up a firm; its number keeps its address its own."""
    mailbox = f"accounts.{number:04d}@{random.choice(DOMAINS)}"
    if random.random() < CHINESE_SHARE:
        city, style, trade = (random.choice(words) for words in (_CITIES, _STYLES, _TRADES))
        return Party(
            name=f"{city}{style}{trade}有限公司",
            email=mailbox,
            locale="zh-CN",
            country="CN",
            currency="CNY",
        )
    place = random.choices(PLACES, weights=[place.share for place in PLACES])[0]
    families = _JAPANESE if place.country == "JP" else _FAMILIES + _MORE_FAMILIES
    return Party(
        name=f"{random.choice(families)} {random.choice(_GOODS)} {place.form}",
        email=mailbox,
        locale="en",
        country=place.country,
        currency=place.currency,
    )
