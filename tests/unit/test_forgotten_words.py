"""That a page on which somebody forgot the Chinese does not pass."""

from __future__ import annotations

import pytest

from tests.browsing import english


@pytest.mark.parametrize(
    "page",
    [
        "<p>完整地址，或只填 key= 之后的部分。</p>",
        "<p>对方返回内容 <code>keywords not in content, more: [https://ding-doc.dingtalk.com]</code></p>",
        "<p>按 <kbd>Enter</kbd> 打开“举办“Talk and Show江西”活动”</p>",
        '<button type="submit" name="language" value="en" lang="en">English</button>',
        '<input type="text" name="until" class="not in content">',
    ],
)
def test_what_is_called_so_in_chinese_passes(page):
    assert english(page.encode()) == set()


@pytest.mark.parametrize(
    ("page", "forgotten"),
    [
        ("<p>请填写 key。</p>", {"key"}),
        ("<p>keywords not in content</p>", {"keywords", "not", "in", "content"}),
        ('<html lang="en"><p>Open the year</p></html>', {"Open", "the", "year"}),
        ('<input aria-label="Show more">', {"Show", "more"}),
        ("<p>the office&#x27;s rules</p>", {"the", "office", "rules"}),
    ],
)
def test_what_was_forgotten_does_not(page, forgotten):
    assert english(page.encode()) == forgotten
