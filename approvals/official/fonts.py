"""Which fonts an official document names, and which free ones stand in for them where a PDF is made."""

from __future__ import annotations

from xml.sax.saxutils import escape

from approvals.official.measures import BODY as BODY_SIZE
from approvals.official.measures import CLOSER

TITLE = "方正小标宋简体"
BODY = "仿宋_GB2312"
FIRST = "黑体"
SECOND = "楷体_GB2312"
PAGE_NUMBER = "宋体"
LATIN = "Times New Roman"

# The first that is installed is taken. Each ends in one that has the rare characters of people's names.
STAND_INS: dict[str, tuple[str, ...]] = {
    TITLE: ("方正小标宋_GBK", "FZXiaoBiaoSong-B05S", "Noto Serif CJK SC SemiBold", "Noto Serif CJK SC"),
    BODY: ("仿宋", "FangSong", "STFangsong", "FandolFang", "Noto Serif CJK SC"),
    FIRST: ("SimHei", "STHeiti", "FandolHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei"),
    SECOND: (
        "楷体",
        "KaiTi",
        "STKaiti",
        "FandolKai",
        "LXGW WenKai",
        "AR PL UKai CN",
        "AR PL KaitiM GB",
        "Noto Serif CJK SC",
    ),
    PAGE_NUMBER: ("SimSun", "STSong", "FandolSong", "AR PL UMing CN", "Noto Serif CJK SC"),
    LATIN: ("Liberation Serif", "Tinos", "TeX Gyre Termes", "Noto Serif CJK SC"),
}


def properties(size: float, family: str, *, latin: str = LATIN, color: str = "") -> str:
    """Run properties of a type, its fonts set for every script; the body's stands closer (28 a line)."""
    colored = f'<w:color w:val="{color}"/>' if color else ""
    closer = CLOSER if size == BODY_SIZE else 0
    half_points = round(size * 2)
    western = f'w:ascii="{latin}" w:hAnsi="{latin}" w:cs="{latin}"'
    return (
        f'<w:rFonts w:hint="eastAsia" {western} w:eastAsia="{family}"/>'
        f'{colored}<w:spacing w:val="{closer}"/><w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
    )


def fontconfig() -> str:
    """A fontconfig file: the machine's own fonts, and the stand-ins for what it lacks."""
    rules = "".join(_rule(name, families) for name, families in STAND_INS.items())
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include>{rules}</fontconfig>'
    )


def _rule(name: str, families: tuple[str, ...]) -> str:
    taken = "".join(f"<string>{escape(family)}</string>" for family in families)
    edit = f'<edit name="family" mode="append" binding="strong">{taken}</edit>'
    return f'<match target="pattern"><test name="family"><string>{name}</string></test>{edit}</match>'
