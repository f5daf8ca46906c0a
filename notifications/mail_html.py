"""A letter as HTML that mail programs understand: tables, styles in place, nothing fetched from anywhere.

It is put together by hand, not by a template: a morning may have a hundred thousand of them. Everything that
is not written here goes through `escape`.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

FONT = "font-family:'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
HEAD = (
    '<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    '<meta name="color-scheme" content="light dark">'
    '<meta name="supported-color-schemes" content="light dark">'
    "<title>{title}</title><style>:root{{color-scheme:light dark}}"
    "@media(prefers-color-scheme:dark){{.p{{background:#15171a!important}}"
    ".s{{background:#1d2024!important;border-color:#353a40!important}}"
    ".i,.i a{{color:#e9e5dc!important}}.f{{color:#a8acb2!important}}.a{{color:#94c0ea!important}}"
    ".l{{border-color:#353a40!important}}.i a.b{{background:#dcd7cb!important;color:#1b1d20!important}}}}"
    "</style></head>"
    '<body class="p" style="margin:0;padding:0;background:#f8f6f0">'
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="p" '
    'style="background:#f8f6f0">'
    '<tr><td align="center" style="padding:16px 8px">'
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="s" '
    'style="max-width:600px;'
    f"background:#fffdf9;border:1px solid #dfdacd;border-radius:6px;{FONT}"
    ';font-size:15px;line-height:1.7;word-break:break-word">'
    '<tr><td class="l f" style="padding:14px 20px;border-bottom:1px solid #dfdacd;'
    'color:#585e66;font-size:13px">'
    "{office}</td></tr>"
    '<tr><td class="i" style="padding:18px 20px;color:#22252a">'
)
FOOT = (
    '</td></tr><tr><td class="l f" style="padding:12px 20px;border-top:1px solid #dfdacd;color:#585e66;'
    'font-size:12px">{foot}</td></tr></table></td></tr></table></body></html>'
)


def page(*, lang: str, title: str, office: str, parts: Iterable[str], foot: str) -> str:
    """The whole letter; `parts` and `foot` are HTML already, the rest is plain text."""
    head = HEAD.format(lang=escape(lang), title=escape(title), office=escape(office))
    return head + "".join(parts) + FOOT.format(foot=foot)


def line(text: str) -> str:
    return f'<p style="margin:0 0 10px">{escape(text)}</p>'


def heading(text: str) -> str:
    return f'<h2 style="margin:18px 0 6px;font-size:15px;line-height:1.5">{escape(text)}</h2>'


def item(text: str, link: str, details: Iterable[str] = ()) -> str:
    """One node on a line that leads to it."""
    more = "".join(
        f'<br><span class="f" style="color:#585e66;font-size:13px">{escape(one)}</span>' for one in details
    )
    return (
        '<p class="l" style="margin:0;padding:7px 0;border-top:1px solid #dfdacd">'
        f'<a class="a" href="{escape(link)}" style="color:#1f4e79;text-decoration:none">'
        f"{escape(text)}</a>{more}</p>"
    )


def facts(found: Iterable[tuple[str, str]]) -> str:
    rows = "".join(
        '<tr><td class="f" valign="top" style="padding:3px 14px 3px 0;color:#585e66;white-space:nowrap">'
        f'{escape(label)}</td><td class="i" style="padding:3px 0;color:#22252a">{escape(text)}</td></tr>'
        for label, text in found
    )
    return (
        '<table role="presentation" cellpadding="0" cellspacing="0" style="margin:4px 0 12px;font-size:14px">'
        f"{rows}</table>"
    )


def button(text: str, link: str) -> str:
    return (
        f'<p style="margin:14px 0 6px"><a class="b" href="{escape(link)}" style="display:inline-block;'
        'padding:9px 22px;background:#2b3138;color:#fffdf9;text-decoration:none;border-radius:6px">'
        f"{escape(text)}</a></p>"
    )


def link(text: str, to: str) -> str:
    return f'<a class="a" href="{escape(to)}" style="color:#1f4e79">{escape(text)}</a>'
