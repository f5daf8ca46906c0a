"""What a failure means, and what whoever looks after the channel can do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.channels.smtp_replies import GREETING, LOG_IN, READER, SENDER, About, Refusal, step_of
from notifications.models import ChannelKind
from notifications.plain_words import literal

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Advice = tuple["_StrPromise", "_StrPromise"]

CHECK_ADDRESS = _("Copy the webhook address anew from the group's settings and save the channel with it.")
WAIT = _("Nothing: it is sent again by itself.")
TRY_AGAIN = _("If it does not pass by itself, send a test message and look at the answer.")
ASK_OPERATOR = _("Ask whoever operates the server.")
CHECK_PERSON = _("Enter the person's account as the messenger writes it, then retry.")
ADD_SERVER = _("Add this server's outgoing address in the security settings, or use signing instead.")
SIGN_ANEW = _(
    "Copy the signing secret anew from the robot's security settings, and check that this server's clock is "
    "right: an hour off is too much."
)
SHORTER = _("Retry; if it happens again, tell whoever operates the server: the message's form was refused.")
TOO_MANY = _("too many messages in a short time; the vendor makes the channel wait")
FORM = _("the vendor did not accept the message's form")
KEYWORD = _("the robot's keyword is not in the message")
ADD_KEYWORD = _("Add “节点” to the keywords in the robot's security settings, or enter its keyword here.")
BUSY = _("the vendor's system was busy")
COPY_AGENT = _("Copy the AgentId anew from the application's page.")
CHECK_RIGHTS = _("Check in the WeCom administration what the application may do and to whom it is visible.")
NOT_FROM_HERE = _("the robot does not accept messages from this server")
SWITCHED_OFF = _("the robot was switched off")
SWITCH_ON = _("Switch it on in the group, or add a new one and save it here.")
IMPROPER = _("DingTalk holds words in the message to be improper")
OTHER_WORDS = _("Change the node's title, or tell the person yourself.")
NEW_ADDRESS = _("Make a new address and save it here.")
MEND_MAILBOX = _("Correct the person's e-mail address, then retry.")
NO_ROBOT = _("the robot does not exist any more, or its address is wrong")

WECOM: dict[str, Advice] = {
    "-1": (BUSY, WAIT),
    "93000": (NO_ROBOT, CHECK_ADDRESS),
    "93004": (SWITCHED_OFF, SWITCH_ON),
    "93008": (NOT_FROM_HERE, ADD_SERVER),
    "45009": (TOO_MANY, WAIT),
    "45033": (TOO_MANY, WAIT),
    "40008": (FORM, SHORTER),
    "40035": (FORM, SHORTER),
    "40058": (FORM, SHORTER),
    "44004": (FORM, SHORTER),
    "40001": (_("the application's secret is wrong"), _("Copy the Secret anew from the application's page.")),
    "40013": (_("the corporation's ID is wrong"), _("Copy it from My Company in the WeCom administration.")),
    "40014": (_("the access token was not accepted"), WAIT),
    "42001": (_("the access token had run out"), WAIT),
    "40003": (_("WeCom does not know this account"), CHECK_PERSON),
    "41011": (_("the AgentId is wrong"), COPY_AGENT),
    "48002": (_("the application may not send messages"), CHECK_RIGHTS),
    "60011": (_("the application may not write to this person"), CHECK_RIGHTS),
    "40056": (_("the AgentId is wrong"), COPY_AGENT),
    "301002": (_("the AgentId is not this application's"), _("Copy AgentId and Secret from the same page.")),
    "60020": (
        _("WeCom does not accept calls from this server"),
        _("Add this server's outgoing address to the application's trusted IPs."),
    ),
    "60111": (_("WeCom does not know this account"), CHECK_PERSON),
    "81013": (
        _("nobody the message is for can be reached through the application"),
        _("Check the person's WeCom account, and that the application is visible to them."),
    ),
    "82001": (_("the message names no recipient that WeCom knows"), CHECK_PERSON),
    "invaliduser": (
        _("WeCom does not know this account, or the application is not visible to this person"),
        _("Check the person's WeCom account, and that the application is visible to them."),
    ),
    "unlicenseduser": (
        _("the person's WeCom account has no licence for this interface"),
        _("Activate the account in the WeCom administration."),
    ),
}

DINGTALK: dict[str, Advice] = {
    "-1": (BUSY, WAIT),
    "130101": (_("more than 20 messages a minute; DingTalk makes the robot wait for ten minutes"), WAIT),
    "302033": (_("more than 20 messages a minute; DingTalk makes the robot wait for ten minutes"), WAIT),
    "410100": (TOO_MANY, WAIT),
    "90030": (TOO_MANY, WAIT),
    "300001": (NO_ROBOT, CHECK_ADDRESS),
    "400101": (NO_ROBOT, CHECK_ADDRESS),
    "400013": (_("the group was dissolved"), _("Add a robot to another group and save it here.")),
    "400102": (SWITCHED_OFF, SWITCH_ON),
    "400105": (FORM, SHORTER),
    "40035": (FORM, SHORTER),
    "43004": (FORM, SHORTER),
    "430101": (_("DingTalk holds a link in the message to be unsafe"), ASK_OPERATOR),
    "430102": (IMPROPER, OTHER_WORDS),
    "430103": (IMPROPER, OTHER_WORDS),
    "430104": (IMPROPER, OTHER_WORDS),
}
# One code for all of the robot's security settings; only the message tells them apart, in either language.
DINGTALK_SECURITY: tuple[tuple[tuple[str, ...], Advice], ...] = (
    (("keyword", "关键词"), (KEYWORD, ADD_KEYWORD)),
    (("timestamp", "过期"), (_("this server's clock is wrong"), SIGN_ANEW)),
    (("sign", "签名"), (_("the signature does not match"), SIGN_ANEW)),
    ((" ip", "来源ip", "whitelist", "白名单"), (NOT_FROM_HERE, ADD_SERVER)),
)

FEISHU: dict[str, Advice] = {
    "9499": (FORM, SHORTER),
    "19001": (NO_ROBOT, CHECK_ADDRESS),
    "19002": (FORM, SHORTER),
    "19007": (SWITCHED_OFF, SWITCH_ON),
    "19021": (_("the signature does not match, or this server's clock is wrong"), SIGN_ANEW),
    "19022": (NOT_FROM_HERE, ADD_SERVER),
    "19024": (KEYWORD, ADD_KEYWORD),
    "11232": (TOO_MANY, WAIT),
    "99991400": (TOO_MANY, WAIT),
}

SERVICES: dict[str, Advice] = {
    "invalid_payload": (FORM, SHORTER),
    "no_text": (FORM, SHORTER),
    "channel_not_found": (_("the channel does not exist any more"), NEW_ADDRESS),
    "channel_is_archived": (_("the channel is archived"), NEW_ADDRESS),
    "no_service": (_("the address was switched off"), NEW_ADDRESS),
    "action_prohibited": (
        _("an administrator of the service forbids it"),
        _("Ask the service's administrator."),
    ),
}

# What happens before an answer comes, or instead of one.
COMMON: dict[str, Advice] = {
    "timeout": (_("the other side did not answer in time"), TRY_AGAIN),
    "connect": (_("the other side could not be reached"), TRY_AGAIN),
    "protocol": (_("the other side answered something else than HTTP"), _("Check the address.")),
    "dns": (
        _("the name in the address is not known"),
        _("Check the address; if it is right, this server's name service does not work."),
    ),
    "tls": (
        _("the connection could not be secured: the certificate is not valid for the address"),
        _("Renew the certificate of the other side, or have its authority added to this server."),
    ),
    "address": (
        _("the address leads into an internal network or is not secured, so it is not called"),
        _("Give an address of the internet with https://, or have the host added to OUTGOING_ALLOWED."),
    ),
    "secrets": (
        _("the channel's secret cannot be read: the key of this server was changed"),
        _("Have the former SECRETS_KEY put back beside the new one, or enter the secret again."),
    ),
    "no address": (
        _("the person has no account of this messenger entered"),
        _("Enter it with the person's addresses, then retry."),
    ),
    "unusable": (
        _("the channel lacks something, or its service is not offered any more"),
        _("Open the channel's settings and save them anew."),
    ),
    "unreadable": (
        _("the other side answered something that is no answer of this messenger"),
        _("Check that the address is the messenger's own and that no proxy answers for it."),
    ),
    "redirect": (
        _("the address leads on to another one, which is not followed"),
        _("Give the address that it leads to."),
    ),
    "cut short": (
        _("every attempt was cut short before its end"),
        _("Retry once; if it happens again, tell whoever operates the server."),
    ),
    "compose": (_("the message could not be written"), ASK_OPERATOR),
    "letter": (_("the letter's address or subject cannot be sent"), MEND_MAILBOX),
    "SMTPServerDisconnected": (_("the mail server closed the connection"), WAIT),
    "SMTPAuthenticationError": (_("the mail server refused the log-in"), ASK_OPERATOR),
    "SMTPNotSupportedError": (_("the mail server does not offer what the settings require"), ASK_OPERATOR),
    "ConnectionRefusedError": (_("the mail server could not be reached"), ASK_OPERATOR),
    "ConnectionResetError": (_("the mail server closed the connection"), WAIT),
    "TimeoutError": (_("the mail server did not answer in time"), WAIT),
    "gaierror": (_("the mail server's name is not known"), ASK_OPERATOR),
    "SSLCertVerificationError": (_("the mail server's certificate is not valid"), ASK_OPERATOR),
    "SSLError": (_("the connection to the mail server could not be secured"), ASK_OPERATOR),
}

MAIL: dict[str, Advice] = {
    "421": (_("the mail server is not available at the moment"), WAIT),
    "450": (_("the mailbox is busy, or the mail server lets newcomers wait (greylisting)"), WAIT),
    "451": (_("the mail server had an error of its own, or lets newcomers wait (greylisting)"), WAIT),
    "452": (_("the mailbox or the mail server is full"), _("Ask the person to clear the mailbox.")),
    "454": (_("the mail server's encryption or log-in does not work at the moment"), ASK_OPERATOR),
    "530": (_("the mail server wants encryption or a log-in first"), ASK_OPERATOR),
    "535": (_("the mail server refused the log-in"), ASK_OPERATOR),
    "550": (_("the mailbox does not exist, or refuses the mail"), MEND_MAILBOX),
    "551": (_("the mailbox is elsewhere"), MEND_MAILBOX),
    "552": (_("the mailbox is full"), _("Ask the person to clear the mailbox, then retry.")),
    "553": (_("the e-mail address is not valid"), MEND_MAILBOX),
    "554": (_("the mail server holds the mail to be unwanted"), ASK_OPERATOR),
}

# Refusals for good that say nothing of the reader, by the step at which they came.
MAIL_OF_US: dict[str, Advice] = {
    GREETING: (_("the mail server does not let this server in"), ASK_OPERATOR),
    LOG_IN: (_("the mail server refused the log-in"), ASK_OPERATOR),
    SENDER: (_("the mail server does not accept our sender address"), ASK_OPERATOR),
    READER: (_("the mail server does not let us send to this address"), ASK_OPERATOR),
}

OWN: dict[str, dict[str, Advice]] = {
    ChannelKind.WECOM_ROBOT: WECOM,
    ChannelKind.WECOM_APP: WECOM,
    ChannelKind.DINGTALK_ROBOT: DINGTALK,
    ChannelKind.FEISHU_ROBOT: FEISHU,
    ChannelKind.APPRISE: SERVICES,
    ChannelKind.EMAIL: MAIL,
}


def advice(kind: str, vendor_code: str, vendor_message: str = "") -> tuple[str, str]:
    """Why an attempt through a channel of `kind` failed, and what to do, in the reader's words.

    A code that nobody documented is told as it is, with the other side's own message.
    """
    reason, todo = _known(kind, str(vendor_code), vendor_message) or _unknown(vendor_code, vendor_message)
    return str(reason), str(todo)


def _known(kind: str, code: str, message: str) -> Advice | None:
    if kind == ChannelKind.DINGTALK_ROBOT and code == "310000":
        return _refused_by_security(message.lower())
    if kind == ChannelKind.EMAIL and (about_us := _refused_us(code, message)):
        return about_us
    found = OWN.get(kind, {}).get(code) or COMMON.get(code)
    if found or not (code.isdigit() and len(code) == 3):
        return found
    return _mail_status(code) if kind == ChannelKind.EMAIL else _http_status(int(code))


def _refused_by_security(said: str) -> Advice:
    for words, found in DINGTALK_SECURITY:
        if any(word in said for word in words):
            return found
    return _("the robot's security settings refuse the message"), SIGN_ANEW


def _refused_us(code: str, message: str) -> Advice | None:
    step = step_of(message)
    if not step or not code.startswith("5") or code in ("530", "535"):
        return None
    about = Refusal(step, int(code), message).about
    return None if about == About.LETTER else MAIL_OF_US.get(step)


def _mail_status(code: str) -> Advice:
    if code.startswith("5"):
        return _("the mail server refused the mail for good"), MEND_MAILBOX
    return _("the mail server did not take the mail at the moment"), WAIT


def _http_status(status: int) -> Advice | None:
    match status:
        case 401 | 403:
            return _("the other side does not let us in"), _("Check the secret or the address, then retry.")
        case 404 | 410:
            return _("there is nothing at the address any more"), NEW_ADDRESS
        case 413:
            return _("the message is too long for the other side"), SHORTER
        case 408 | 429:
            return TOO_MANY, WAIT
        case _ if 300 <= status < 400:
            return COMMON["redirect"]
        case _ if 400 <= status < 500:
            return FORM, SHORTER
        case _ if status >= 500:
            return _("the other side has an error of its own"), TRY_AGAIN
    return None


def _unknown(code: str, message: str) -> tuple[_StrPromise | str, _StrPromise | str]:
    said = " ".join(filter(None, [str(code), literal(message)]))
    if not said:
        return _("the other side said nothing"), TRY_AGAIN
    return gettext("the other side answered: %(said)s") % {"said": said}, TRY_AGAIN
