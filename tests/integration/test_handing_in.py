"""A signed summary goes up to the overseeing office, which receives it or returns it to be mended."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from threading import Barrier

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from approvals.models import AnnualSummary, FilingComment, SummaryFiling
from approvals.services.handing_in import decide_filing, hand_in_summary, say_about_filing
from approvals.services.signing_summaries import reopen_summary
from approvals.summary.issuing import frozen
from config.todo import Todo
from tests import builders
from tests.browsing import english, logged_in
from tests.builders import actions, last_audit, person, story
from tests.provinces import fresh, hand_in, mend, nanchang_has_signed, overseen, receive, signed
from tests.summaries import ask, begin
from workflow.files import path_of
from workflow.models import AuditEntry, Office
from workflow.refusals import Conflict, Invalid, NotAllowed, NotFound, WrongState

State = SummaryFiling.State
HOSTILE = "=cmd|'/c calc'!A1 <script>alert(1)</script>\u202e\r\n{{ 7*7 }} ../../etc"


@pytest.fixture
def summary(db) -> AnnualSummary:
    return nanchang_has_signed()


@pytest.fixture
def nanchang(summary) -> Office:
    return summary.office


@pytest.fixture
def province(nanchang) -> Office:
    return nanchang.overseen_by


def say(
    filing: SummaryFiling, text: str, *, by: str = "jixiao1", office: Office | None = None
) -> FilingComment:
    return say_about_filing(
        actor=person(by, office or filing.office), filing_id=filing.pk, text=text, at=story.moment()
    )


def test_returned_mended_signed_anew_and_received(summary, province, nanchang):
    first = hand_in(summary)
    assert (first.number, first.state, first.sha256) == (1, State.SENT, summary.signed.sha256)
    receive(first, "return", opinion="第四部分过于笼统，请补充。")
    second = hand_in(mend(summary))
    assert (second.number, second.state) == (2, State.SENT)
    assert second.sha256 != first.sha256
    receive(second, opinion="已接收。")
    kept = SummaryFiling.objects.filter(summary=summary).order_by("number")
    assert [one.state for one in kept] == [State.RETURNED, State.RECEIVED]
    for one in kept:  # every round with the very file that was signed for it
        assert sha256(frozen(one.sign_off)).hexdigest() == one.sha256
    assert [one for one in actions(summary) if "filing" in one] == [
        "summary.filing_handed_in", "summary.filing_returned",
        "summary.filing_handed_in", "summary.filing_received",
    ]  # fmt: skip
    there = AuditEntry.objects.filter(office=province, action__startswith="filing.").order_by("id")
    assert [one.action for one in there] == [
        "filing.handed_in", "filing.returned", "filing.handed_in", "filing.received",
    ]  # fmt: skip
    assert there[1].reason == last_reason(summary, "summary.filing_returned") == "第四部分过于笼统，请补充。"


def last_reason(summary, action: str) -> str:
    return AuditEntry.objects.filter(office=summary.office, action=action).latest("id").reason


def test_only_what_is_signed_and_only_once(nanchang, summary):
    hand_in(summary)
    with pytest.raises(Conflict, match="handed this summary in"):
        hand_in(summary, by="jixiao2")
    assert SummaryFiling.objects.count() == 1
    jiujiang = overseen("jj", "九江市外办")
    builders.work_node(jiujiang, 1, state="approved", deadline=story.now.date())
    begun = begin(jiujiang)
    with pytest.raises(WrongState, match="not signed"):
        hand_in(begun)
    ask(begun)
    with pytest.raises(WrongState, match="not signed"):
        hand_in(begun)


def test_who_may_hand_in(summary, province):
    for who in ("zhuren", "admin", "shenji", "xinwen1", "fuzhuren2"):
        with pytest.raises(NotAllowed):
            hand_in(summary, by=who)
    with pytest.raises(NotFound):
        hand_in_summary(actor=person("jixiao1", province), summary_id=summary.pk)
    outsider = builders.office("gd")
    with pytest.raises(NotFound, match="No office oversees yours"):
        hand_in(signed(outsider))


def test_who_may_receive(summary, province, nanchang):
    filing = hand_in(summary)
    for who in ("zhuren", "admin", "shenji", "xinwen1", "fuzhuren2"):
        with pytest.raises(NotAllowed):
            receive(filing, by=who)
    outsider = builders.office("gd")
    for office in (nanchang, outsider):
        with pytest.raises(NotFound):
            decide_filing(actor=person("jixiao1", office), filing_id=filing.pk, outcome="receive")
    filing.refresh_from_db()
    assert filing.state == State.SENT


def test_the_first_to_decide_decides(summary):
    filing = hand_in(summary)
    receive(filing, "return", opinion="请补充。")
    with pytest.raises(Conflict, match="绩效专班甲") as conflict:
        receive(filing, by="jixiao2")
    assert conflict.value.decided_at is not None
    with pytest.raises(Invalid):
        receive(filing, "return")  # why is asked for first


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_decides():
    filing = hand_in(nanchang_has_signed())
    together = Barrier(2)

    def decide_as(who: str) -> str:
        try:
            together.wait(10)
            receive(filing, "return" if who == "jixiao1" else "receive", by=who, opinion="请补充。")
        except Conflict as conflict:
            return conflict.outcome
        finally:
            connection.close()
        return "decided"

    with ThreadPoolExecutor(2) as deciders:
        answers = sorted(deciders.map(decide_as, ("jixiao1", "jixiao2")))
    filing.refresh_from_db()
    assert answers == sorted(["decided", {"received": "receive", "returned": "return"}[filing.state]])
    assert len(actions(filing)) == 2


def test_a_return_says_why_and_an_outcome_is_one_of_two(summary):
    filing = hand_in(summary)
    for outcome, opinion in (("return", " \u200b "), ("shred", "x"), ("", ""), ("receive", "长" * 2001)):
        with pytest.raises(Invalid):
            receive(filing, outcome, opinion=opinion)
    filing.refresh_from_db()
    assert filing.state == State.SENT


def test_while_it_lies_there_it_is_not_opened_again(summary):
    def reopen():
        reopen_summary(
            actor=person("jixiao1", summary.office), summary_id=summary.pk, reason="改", at=story.moment()
        )

    filing = hand_in(summary)
    with pytest.raises(WrongState, match="once 省绩效办 has returned it"):
        reopen()
    receive(filing, "return", opinion="请补充。")
    reopen()
    assert fresh(summary).state == "draft"


def test_rounds_and_words_stay_as_they_were_written(summary):
    filing = hand_in(summary)
    said = say(filing, "请加快。")
    rows = SummaryFiling.objects.filter(pk=filing.pk)
    attempts = [
        lambda: rows.update(sha256="0" * 64),
        lambda: rows.delete(),
        lambda: rows.update(state="received"),  # by nobody
        lambda: FilingComment.objects.filter(pk=said.pk).update(text="x"),
        lambda: FilingComment.objects.filter(pk=said.pk).delete(),
    ]
    receive_later = receive
    for attempt in attempts:
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            attempt()
    receive_later(filing)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(state="returned")


# What waits for whom


def test_the_inboxes_of_both_offices_say_what_waits(summary, province, nanchang):
    def waiting(office: Office) -> tuple[int, int]:
        todo = Todo(person("jixiao1", office))
        return len(todo.filings_to_receive), len(todo.summaries_to_hand_in)

    assert (waiting(province), waiting(nanchang)) == ((0, 0), (0, 1))
    filing = hand_in(summary)
    assert (waiting(province), waiting(nanchang)) == ((1, 0), (0, 0))
    assert "南昌市外办" in logged_in("jixiao1", province).get("/").content.decode()
    receive(filing, "return", opinion="请补充第四部分。")
    assert (waiting(province), waiting(nanchang)) == ((0, 0), (0, 1))
    assert "请补充第四部分。" in logged_in("jixiao1", nanchang).get("/").content.decode()
    again = hand_in(mend(summary))
    assert (waiting(province), waiting(nanchang)) == ((1, 0), (0, 0))
    decide_filing(actor=person("jixiao1", province), filing_id=again.pk, outcome="receive", at=timezone.now())
    assert (waiting(province), waiting(nanchang)) == ((0, 0), (0, 0))
    say_about_filing(
        actor=person("zhuren", province), filing_id=again.pk, text="写得清楚。", at=timezone.now()
    )
    (told,) = Todo(person("jixiao1", nanchang)).summaries_talked_about
    assert told.summary == summary
    assert len(Todo(person("jixiao2", nanchang)).summaries_received) == 1
    assert "/summary/filing/?year=2021" in logged_in("jixiao1", nanchang).get("/").content.decode()
    assert "/summary/filing/" not in logged_in("xinwen1", nanchang).get("/").content.decode()


# On the pages


def test_the_whole_way_over_the_pages(summary, province, nanchang):
    office, above = logged_in("jixiao1", nanchang), logged_in("jixiao1", province)
    for _click in range(2):  # a second click finds it done
        assert office.post("/summary/filing/send/?year=2021").status_code == 302
    filing = SummaryFiling.objects.get()
    assert "待接收" in above.get("/province/?year=2021").content.decode()
    page = above.get("/province/nc/?year=2021").content.decode()
    assert filing.sha256 in page
    assert f"/province/nc/summaries/{filing.pk}/" in page
    given = above.get(f"/province/nc/summaries/{filing.pk}/")
    assert sha256(b"".join(given.streaming_content)).hexdigest() == filing.sha256
    no_reason = above.post("/province/nc/decide/?year=2021", {"filing": filing.pk, "outcome": "return"})
    assert no_reason.status_code == 422
    decision = {"filing": filing.pk, "outcome": "return", "opinion": "请补充第四部分。"}
    for _click in range(2):
        assert above.post("/province/nc/decide/?year=2021", decision).status_code == 302
    other = logged_in("jixiao2", province).post("/province/nc/decide/?year=2021", decision)
    assert other.status_code == 409
    assert "绩效专班甲" in other.content.decode()
    with CaptureQueriesContext(connection) as sent:
        answer = office.get("/summary/filing/?year=2021")
    assert len(sent) <= 15
    assert english(answer.content) == set()
    seen = answer.content.decode()
    assert "请补充第四部分。" in seen
    assert "/summary/reopen/?year=2021" in seen
    assert actions(filing).count("filing.returned") == 1


def test_what_another_outcome_decided_is_no_second_click(summary, province):
    filing = hand_in(summary)
    receive(filing)
    answer = logged_in("jixiao1", province).post(
        "/province/nc/decide/?year=2021", {"filing": filing.pk, "outcome": "return", "opinion": "x"}
    )
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("who", "reads", "decides", "talks"),
    [
        ("jixiao1", 200, 302, 302),
        ("zhuren", 200, 403, 302),
        ("shenji", 200, 403, 403),
        ("admin", 200, 403, 403),
        ("fuzhuren2", 404, 404, 404),
        ("xinwen1", 404, 404, 404),
    ],
)
def test_who_does_what_in_the_overseeing_office(summary, province, who, reads, decides, talks):
    filing = hand_in(summary)
    browser = logged_in(who, province)
    addresses = (
        "/province/", "/province/nc/", "/province/offices.xlsx", "/province/offices.csv",
        f"/province/nc/summaries/{filing.pk}/",
    )  # fmt: skip
    answers = [browser.get(one) for one in addresses]
    assert {one.status_code for one in answers} == {reads}
    if reads == 200:
        assert sha256(b"".join(answers[-1].streaming_content)).hexdigest() == filing.sha256
    said = browser.post("/province/nc/comment/", {"filing": filing.pk, "comment": "收悉。"})
    decided = browser.post("/province/nc/decide/", {"filing": filing.pk, "outcome": "receive"})
    assert (said.status_code, decided.status_code) == (talks, decides)


@pytest.mark.parametrize(
    ("who", "reads", "hands_in", "talks"),
    [
        ("jixiao1", 200, 302, 302),
        ("zhuren", 200, 403, 302),
        ("shenji", 200, 403, 403),
        ("admin", 200, 403, 403),
        ("fuzhuren2", 200, 403, 403),
        ("xinwen1", 404, 404, 404),
    ],
)
def test_who_does_what_in_the_overseen_office(summary, nanchang, who, reads, hands_in, talks):
    browser = logged_in(who, nanchang)
    assert browser.get("/summary/filing/").status_code == reads
    assert browser.post("/summary/filing/send/").status_code == hands_in
    filing = SummaryFiling.objects.first() or hand_in(summary)
    said = browser.post("/summary/filing/comment/", {"filing": filing.pk, "comment": "已报送。"})
    assert said.status_code == talks


# What both say


def test_both_sides_read_what_is_said_and_once_is_enough(summary, province, nanchang):
    filing = hand_in(summary)
    say(filing, "请说明第59项。")
    say(filing, "请说明第59项。")  # a second click
    say(filing, "已说明。", office=nanchang)
    assert [one.text for one in filing.comments.all()] == ["请说明第59项。", "已说明。"]
    for browser, address in (
        (logged_in("zhuren", nanchang), "/summary/filing/"),
        (logged_in("shenji", province), "/province/nc/"),
    ):
        page = browser.get(address).content.decode()
        assert "请说明第59项。" in page
        assert "已说明。" in page
    assert last_audit(summary).action == "summary.filing_commented"
    assert last_audit(filing).data["by"] == "南昌市外办"


def test_nothing_is_said_in_no_words_or_in_too_many(summary):
    filing = hand_in(summary)
    for text in ("", "  \u200b ", "长" * 2001):
        with pytest.raises(Invalid):
            say(filing, text)


def test_hostile_words_stay_words(summary, province, nanchang):
    filing = hand_in(summary)
    for browser, address in (
        (logged_in("jixiao1", province), "/province/nc/"),
        (logged_in("jixiao1", nanchang), "/summary/filing/"),
    ):
        answer = browser.post(f"{address}comment/", {"filing": filing.pk, "comment": HOSTILE})
        assert answer.status_code == 302
        page = browser.get(address).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "\u202e" not in page
        for wrong in ("abc", "-1", "9" * 40, "\x00", "0"):
            assert browser.post(f"{address}comment/", {"filing": wrong, "comment": "x"}).status_code == 404


def test_what_cannot_be_read_decides_nothing(summary, province):
    filing = hand_in(summary)
    sent = {"filing": filing.pk, "outcome": "receive", "opinion": "请\0补充"}
    assert logged_in("jixiao1", province).post("/province/nc/decide/", sent).status_code == 422
    filing.refresh_from_db()
    assert filing.state == "sent"


def test_a_file_that_was_tampered_with_is_not_handed_out(summary, province, media_root):
    filing = hand_in(summary)
    path = path_of(filing.sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"something else")
    browser = logged_in("jixiao1", province)
    assert browser.get(f"/province/nc/summaries/{filing.pk}/").status_code == 409
    assert "缺失或被改动" in browser.get("/province/nc/").content.decode()
    path.unlink()
    assert browser.get(f"/province/nc/summaries/{filing.pk}/").status_code == 409
    assert browser.get("/province/nc/").status_code == 200
