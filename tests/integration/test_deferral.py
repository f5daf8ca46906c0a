"""tmp"""
from __future__ import annotations
from datetime import date
from nodes.models import State
from tests.builders import *

def test_a_successor_signs_what_the_predecessor_left(office, drama_festival):
    request = file_deferral(drama_festival, reason=PANDEMIC)
    appoint("分管副主任（二）", to="successor", from_=date(2021, 8, 17))
    sign_off(request, by="successor", decision=APPROVE)
    record_sign_off(request)
    assert drama_festival.state == State.DEFERRED
    assert last_audit(request).action=="deferral.recorded"

def test_states(office):
    for i, s in enumerate(State,1):
        assert work_node(office, i, state=s).state==s

def test_trans(transactional_db):
    o=office()
    work_node(o, 1, state=State.APPROVED)
    audit.seal()
