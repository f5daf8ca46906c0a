"""Hostile words arrive as words."""

from __future__ import annotations

import pytest

from notifications.channels.calling import feishu_accounts, mobiles, wecom_accounts, without, words
from notifications.channels.protocol import Message, Outcome, Person
from notifications.plain_words import literal, paragraphs, shortened


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("戏剧节\r\nBcc: all@example.com", "戏剧节 Bcc: all@example.com"),
        ("a\u202eb\u2066c\u200fd\u2069\u061c", "abcd"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("一\u2028二\u0085三\t四", "一 二 三 四"),
        ("半\ud800个", "半个"),
        ("@all **粗** <b>{{ 7*7 }} %(x)s", "@all **粗** <b>{{ 7*7 }} %(x)s"),
        ("👨‍👩‍👧 emoji", "👨‍👩‍👧 emoji"),
    ],
)
def test_a_title_is_one_line_of_what_can_be_read(typed: str, read: str):
    assert literal(typed) == read


def test_paragraphs_keep_their_breaks():
    assert paragraphs("一\r\n二\r三\u2029四") == "一\n二\n三\n四"


@pytest.mark.parametrize("size", range(6, 40))
def test_a_cut_falls_between_characters(size: int):
    cut = shortened("举行汤显祖戏剧节🎭举行", size)
    assert len(cut.encode()) <= size
    assert cut.removesuffix("…") in "举行汤显祖戏剧节🎭举行"


def message(text: str, link: str = "", *people: Person) -> Message:
    return Message("<1@jiedian>", "subject", text, people, link=link)


def test_a_cut_message_keeps_its_link():
    said = words(message("节" * 3000, "https://jiedian.example/nodes/59/"), 2048)
    assert len(said.encode()) <= 2048
    assert said.endswith("…\nhttps://jiedian.example/nodes/59/")


def test_half_an_address_is_not_left_at_a_cut():
    said = words(message("看 https://jiedian.example/" + "x" * 3000), 2048)
    assert said == "看…"


def test_a_link_that_the_text_holds_is_not_repeated():
    assert words(message("看 https://a.example/", "https://a.example/"), 2048).count("a.example") == 1


def test_tags_are_only_words():
    said = words(message('<at user_id="all">所有人</at> [看](https://evil.example)'), 2048)
    assert "<" not in said
    assert "](" not in said


def test_nobody_calls_everybody():
    people = [
        Person("一", wecom="@all", mobile="@all", feishu="all"),
        Person("二", wecom="a|b", feishu='ou_1"><at user_id="all'),
        Person("三", wecom="li.si", mobile="+86 138-0013-8000", feishu="ou_84aad35d084aa403a838cf73ee18467"),
    ]
    assert wecom_accounts(people) == ["li.si"]
    assert mobiles(people) == ["13800138000"]
    assert feishu_accounts(people) == {"ou_84aad35d084aa403a838cf73ee18467": "三"}


@pytest.mark.parametrize(
    "echo",
    [
        "invalid key 693a91f6-7aaa-4bc4",
        "POST https://example.com/hook/693a91f6-7aaa-4bc4 failed",
        "see /hook/693a91f6-7aaa-4bc4?sign=abc%3D",
        "key=693a91f6-7aaa-4bc4",
    ],
)
def test_an_answer_does_not_give_away_the_secret(echo: str):
    secrets = ["https://example.com/hook/693a91f6-7aaa-4bc4", "another secret"]
    said = without(secrets, Outcome.permanent("93000", echo)).vendor_message
    assert "693a91f6" not in said
    assert "abc%3D" not in said
