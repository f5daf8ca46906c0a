"""Who may use which address of the site: the table that tests/integration/test_access.py holds it to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

HANDLER, DIVISION_HEAD, OTHERS, OTHERS_HEAD = "xinwen1", "xinwen0", "mishu1", "mishu0"
REVIEWER, LEADER, UNIT_HEAD, AUDITOR, ADMIN = "jixiao1", "fuzhuren2", "zhuren", "shenji", "admin"
OFFICE = {
    HANDLER, DIVISION_HEAD, OTHERS, OTHERS_HEAD, REVIEWER, LEADER, UNIT_HEAD, AUDITOR, ADMIN,
}  # fmt: skip
DIVISION = {HANDLER, DIVISION_HEAD}
OVERSEERS = {REVIEWER, LEADER, UNIT_HEAD, AUDITOR, ADMIN}
CONCERNED = DIVISION | OVERSEERS
MANAGERS = {REVIEWER, ADMIN}
NOBODY: set[str] = set()


@dataclass(frozen=True)
class Access:
    """Who may GET and who may POST; `facts` names what the address is about, strangers may be let in."""

    get: set[str] = field(default_factory=set)
    post: set[str] = field(default_factory=set)
    facts: dict[str, Any] = field(default_factory=dict)
    strangers: bool = False


def read(who: set[str] = OFFICE, **facts: Any) -> Access:
    return Access(get=who, facts=facts)


def act(who: set[str], **facts: Any) -> Access:
    """An act whose address, opened after logging in again, leads to a page."""
    return Access(get=NOBODY, post=who, facts=facts)


def form(who: set[str], **facts: Any) -> Access:
    return Access(get=who, post=who, facts=facts)


# Only the facts that an address needs beyond those of `world` are named here.
ACCESS: dict[str, Access] = {
    # Before and around the log-in
    "healthz": Access(get=OFFICE, strangers=True),
    "readyz": Access(get=OFFICE, strangers=True),
    "metrics": Access(strangers=True),
    "calendar-feed": Access(strangers=True, facts={"secret": "unknown"}),
    "set_language": Access(post=OFFICE, strangers=True),
    "theme": Access(post=OFFICE, strangers=True),
    "login": Access(get=OFFICE, post=OFFICE, strangers=True),
    "account_login": Access(get=OFFICE, post=OFFICE, strangers=True),
    "logout": Access(post=OFFICE, strangers=True),
    "account_logout": Access(post=OFFICE, strangers=True),
    "mfa_authenticate": Access(get=OFFICE, post=OFFICE, strangers=True),
    "mfa_login_webauthn": Access(get=OFFICE, post=OFFICE, strangers=True),
    # One's own account
    "profile": read(),
    "profile-calendar": form(OFFICE),
    "profile-email": act(OFFICE),
    "profile-notices": act(OFFICE),
    "profile-addresses": act(OFFICE),
    "mfa_index": read(),
    "mfa_activate_totp": form(OFFICE),
    "mfa_add_webauthn": form(OFFICE),
    "mfa_list_webauthn": form(OFFICE),
    "mfa_generate_recovery_codes": form(OFFICE),
    # What waits
    "inbox": read(),
    "notices-read": act(OFFICE),
    "notice": act({HANDLER}),
    "answer": form({HANDLER}),
    "unsubscribe": Access(get=OFFICE, post=OFFICE, strangers=True),
    "search": read(),
    "pulse": read(),
    # Work nodes
    "nodes": read(),
    "nodes-export": read(),
    "nodes-view-save": act(OFFICE),
    "nodes-view-delete": act({HANDLER}),
    "node": read(),
    "node-comment": act(CONCERNED),
    "node-watch": act(OFFICE),
    "node-urge": act({DIVISION_HEAD, REVIEWER, LEADER, UNIT_HEAD}),
    "node-readers": read(CONCERNED),
    "node-told": read(CONCERNED),
    "node-start": act(DIVISION, number=1),
    "node-submit": form(DIVISION),
    "node-check": act(DIVISION),
    "node-uploads": act(DIVISION),
    "node-upload": form({HANDLER}),
    "node-upload-remove": act({HANDLER}),
    "node-draft": act(DIVISION, form="evidence"),
    "node-draft-discard": act(DIVISION, form="evidence"),
    "node-withdraw": act(DIVISION, number=3),
    "node-resume": form(DIVISION, number=5),
    "node-reopen": form({REVIEWER}, number=4),
    "node-defer": form(DIVISION),
    "node-evidence-file": read(CONCERNED, number=3),
    "attachment": read(CONCERNED),
    "attachment-preview": read(CONCERNED),
    # Reviews
    "reviews": read({REVIEWER}),
    "reviews-approve": form({REVIEWER}),
    "review": Access(get=CONCERNED, post={REVIEWER}),
    "review-urge": act(DIVISION),
    "review-flow": read(CONCERNED),
    "review-bpmn": read(CONCERNED),
    # Deferrals
    "deferrals": read(),
    "deferral": read(CONCERNED),
    "deferral-sign": act({LEADER}),
    "deferral-record": act({REVIEWER}),
    "deferral-route": act({LEADER}),
    "deferral-withdraw": act(DIVISION),
    "deferral-urge": act({*DIVISION, REVIEWER}),
    "deferral-flow": read(CONCERNED),
    "deferral-bpmn": read(CONCERNED),
    "deferral-file": read(CONCERNED),
    "deferral-told": read(CONCERNED),
    # Figures
    "dashboard": read(),
    "dashboard-pdf": read(),
    "dashboard-png": read(),
    "summary": read(),
    "summary-begin": act({REVIEWER}),
    "summary-figure": read(OVERSEERS),
    "summary-docx": read(OVERSEERS),
    "summary-pdf": read(OVERSEERS),
    "summary-edit": form({REVIEWER}),
    "summary-check": act({REVIEWER}),
    "summary-versions": read(OVERSEERS),
    "summary-version": read(OVERSEERS, number=1),
    "summary-restore": act({REVIEWER}, number=1),
    "summary-compare": read(OVERSEERS),
    "summary-comments": Access(get=OVERSEERS, post={REVIEWER, LEADER, UNIT_HEAD}),
    "summary-comment-settle": act({REVIEWER, UNIT_HEAD}),
    "summary-ask": form({REVIEWER}),
    "summary-sign": form({UNIT_HEAD}),
    "summary-take-back": act({REVIEWER}),
    "summary-reopen": form({REVIEWER}),
    "summary-flow": read(OVERSEERS),
    "summary-bpmn": read(OVERSEERS),
    "scores": read(),
    "score-node": read(),
    "score-division": read(),
    "score-node-appeal": form({DIVISION_HEAD}, line=0),
    "score-division-appeal": form({DIVISION_HEAD}, line=0),
    "scores-export": read(),
    "scores-simulator": read(),
    "scores-publish": form({REVIEWER}),
    "score-entries": read({REVIEWER, UNIT_HEAD, AUDITOR, ADMIN}),
    "score-entry-new": form({REVIEWER}),
    "score-entry": form({REVIEWER}),
    "score-entry-file": read({REVIEWER, UNIT_HEAD, AUDITOR, ADMIN}),
    "score-appeals": read(),
    "score-appeal": read(CONCERNED),
    "score-appeal-view": act({REVIEWER}),
    "score-appeal-decide": act({UNIT_HEAD}),
    "score-appeal-withdraw": act({DIVISION_HEAD}),
    "score-appeal-flow": read(CONCERNED),
    "score-appeal-file": read(CONCERNED),
    "analysis": read(),
    "analysis-deadlines": read(),
    "analysis-bunching": read(),
    "analysis-waiting": read(),
    "analysis-forecast": read(),
    # Many offices: nobody of an office that oversees none and that none oversees; tests of their own tell
    # who does what where one does (test_overseeing, test_handing_in).
    "province": read(NOBODY),
    "province-workbook": read(NOBODY),
    "province-csv": read(NOBODY),
    "province-office": read(NOBODY, code="other"),
    "province-decide": act(NOBODY, code="other"),
    "province-comment": act(NOBODY, code="other"),
    "province-document": read(NOBODY, code="other", filing_id=1),
    "summary-filing": read(NOBODY),
    "summary-hand-in": act(NOBODY),
    "summary-filing-comment": act(NOBODY),
    # The audit trail
    # Statements to go by
    "statements": read(),
    "statement-template": form(MANAGERS, kind="meeting"),
    "statement-example": act(MANAGERS),
    # Taking a year along
    "exports": read(),
    "exports-workbook": read(name="nodes"),
    "exports-csv": read(name="nodes"),
    "exports-figures": read(),
    "exports-evidence": act(OVERSEERS),
    "audit": read({REVIEWER, AUDITOR, ADMIN}),
    "audit-export": read({REVIEWER, AUDITOR, ADMIN}),
    "audit-verify": act({REVIEWER, AUDITOR, ADMIN}),
    # Settings
    "settings": read(MANAGERS),
    "settings-year": read(MANAGERS),
    "settings-year-create": act(MANAGERS),
    "settings-year-open": form(MANAGERS),
    "settings-year-close": form(MANAGERS),
    "settings-year-roll-over": form(MANAGERS),
    "settings-year-deadlines": form(MANAGERS),
    "settings-scoring": form(MANAGERS),
    "settings-scoring-restore": form(MANAGERS, number=1),
    "settings-import": form(MANAGERS),
    "settings-import-template": read(MANAGERS),
    "settings-import-current": read(MANAGERS),
    "settings-import-preview": read(MANAGERS),
    "settings-import-apply": act(MANAGERS),
    "settings-people": read(MANAGERS),
    "settings-person-new": form({ADMIN}),
    "settings-person": form({ADMIN}),
    "settings-person-leave": act({ADMIN}),
    "settings-person-return": act({ADMIN}),
    "settings-person-password": act({ADMIN}),
    "settings-posts": read(MANAGERS),
    "settings-post": form({ADMIN}),
    "settings-post-relieve": act({ADMIN}),
    "settings-delegations": form(OFFICE),
    "settings-delegation-revoke": act({LEADER, ADMIN}),
    "settings-routing": read(MANAGERS),
    "settings-routing-add": form({ADMIN}),
    "settings-routing-question": read(MANAGERS),
    "settings-routing-change": form({ADMIN}),
    "settings-routing-move": act({ADMIN}),
    "settings-routing-remove": form({ADMIN}),
    "settings-messages": read({REVIEWER, AUDITOR, ADMIN}),
    "settings-messages-export": read({REVIEWER, AUDITOR, ADMIN}),
    "settings-messages-proof": read({REVIEWER, AUDITOR, ADMIN}),
    "settings-messages-retry": act({ADMIN}),
    "settings-message": read({REVIEWER, AUDITOR, ADMIN}),
    "settings-message-retry": act({ADMIN}),
    "settings-message-mute": act({ADMIN}),
    "settings-message-unmute": act({ADMIN}),
    "settings-reminders": form(MANAGERS),
    "settings-rule-add": form({ADMIN}),
    "settings-rule": form({ADMIN}),
    "settings-rule-move": act({ADMIN}),
    "settings-rule-switch": act({ADMIN}),
    "settings-rule-remove": form({ADMIN}),
    "settings-reminders-history": read(MANAGERS),
    "settings-reminders-restore": form({ADMIN}, version=2),
    "settings-channels": read(MANAGERS),
    "settings-channel-kinds": read({ADMIN}),
    "settings-channel-add": form({ADMIN}, kind="dingtalk_robot"),
    "settings-channel-change": form({ADMIN}),
    "settings-channel-test": act({ADMIN}),
    "settings-channel-switch": act({ADMIN}),
    "settings-channel-remove": act({ADMIN}),
    "settings-person-addresses": form({ADMIN}),
    "settings-calendar": read(MANAGERS),
    "settings-calendar-day": act({ADMIN}),
    "settings-calendar-paste": act({ADMIN}),
    "settings-calendar-remove": act({ADMIN}),
}
# Addresses that lead nowhere unless something was set up first: stories of their own show them at work.
DORMANT = {
    "socialaccount_login_error", "socialaccount_login_cancelled", "openid_connect_login",
    "openid_connect_callback", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "account_reauthenticate",
    "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_change_password", "mfa_deactivate_totp",
    "mfa_remove_webauthn", "mfa_view_recovery_codes", "mfa_download_recovery_codes", "attachment-page",
}  # fmt: skip
