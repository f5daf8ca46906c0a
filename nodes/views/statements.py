"""Good statements to go by, and the sentences that an office's statements begin with."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nodes import selectors
from nodes.addresses import node_url
from nodes.kinds import FACTS, Kind
from nodes.services.statements import hold_up, set_template, take_down
from nodes.statements import library
from nodes.statements.composing import LONGEST, PLACEHOLDERS, TEMPLATES, TITLE, compose
from nodes.views.choosing import visitor
from workflow.forms import FilterForm, ServiceForm
from workflow.permissions import allows
from workflow.refusals import Invalid, NotFound
from workflow.visiting import admitted, own_office

PAGE = 20
# For each kind a real case, to show what a template makes of it.
SAMPLES = {
    Kind.MEETING: (
        "召开省委外事工作委员会会议",
        {
            "date": "2021-03-12", "place": "南昌", "organiser": "省委外办", "participants": "60",
            "result": "审议通过年度工作要点",
        },
    ),
    Kind.DOCUMENT: (
        "制定《江西省友城发展规划》",
        {"document_number": "赣外办发〔2021〕12号", "date": "2021-06-18", "issued_to": "各设区市外办"},
    ),
    Kind.ACTIVITY: (
        "举办驻华使节看江西活动",
        {"date": "2021-04-25", "until": "2021-04-29", "place": "井冈山", "people": "11个国家的使节23人"},
    ),
    Kind.DATA: (
        "审批因公出国（境）团组",
        {"figure": "46", "unit": "批", "period": "2021年", "source": "因公出国管理系统"},
    ),
    Kind.APPROVAL: (
        "与敖德萨州签署友好协议",
        {"authority": "全国友协", "document_number": "友城字〔2021〕8号", "date": "2021-05-20"},
    ),
}  # fmt: skip


class ExampleFilter(FilterForm):
    """What the examples are narrowed to."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of work"), required=False)
    q = forms.CharField(label=gettext_lazy("Find"), required=False, max_length=100)

    def __init__(self, data: object) -> None:
        super().__init__(data)
        self.fields["kind"].choices = [("", _("all")), *Kind.choices]  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs = {"type": "search", "placeholder": _("title or words")}


class TemplateForm(ServiceForm):
    text = forms.CharField(
        label=gettext_lazy("Template"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST}),
        help_text=gettext_lazy("Empty: the product's own sentence again."),
    )


@require_safe
def examples(request: HttpRequest) -> HttpResponse:
    user, office = visitor(request), own_office(request)
    form = ExampleFilter(request.GET)
    found = library.examples(user, form.chosen())
    facts = {
        "form": form,
        "chosen": form.chosen(),
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "kinds": [(one, FACTS[one.kind]) for one in library.templates(office)],
        "may_change": allows(user, "nodes.word_statements", office),
    }
    return render(request, "nodes/statements.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """One kind's template with what it makes of a case; the button “preview” shows it before it is saved."""
    office, user = admitted(request, "nodes.word_statements")
    if kind not in TEMPLATES:
        raise NotFound(_("There is no such kind of work."))
    current = library.template_of(office, kind)
    form = TemplateForm(request.POST if request.method == "POST" else None, initial={"text": current})
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            changed = set_template(actor=user, office=office, kind=kind, text=form.cleaned_data["text"])
        except Invalid as refusal:
            form.add_refusal(refusal)
        else:
            said = _("The template holds from now on.") if changed else _("This template holds already.")
            messages.success(request, said)
            return redirect("statements")
    title, details = SAMPLES[Kind(kind)]
    shown = form.data.get("text", "").strip() if form.is_bound else current
    facts = {
        "form": form,
        "kind": Kind(kind),
        "placeholders": [TITLE, *PLACEHOLDERS[kind]],
        "facts": FACTS[kind],
        "sample": compose(kind, title, details, template=shown or None),
        "empty": compose(kind, title, {"date": "2021-03-12"}, template=shown or None),
    }
    return render(request, "nodes/statement_template.html", facts, status=422 if form.errors else 200)


@require_POST
def hold(request: HttpRequest, submission_id: int) -> HttpResponse:
    submission = selectors.submission_seen_by(visitor(request), submission_id)
    if "down" in request.POST:
        take_down(actor=visitor(request), submission=submission)
        messages.success(request, _("The statement is no longer an example."))
    else:
        hold_up(actor=visitor(request), submission=submission)
        messages.success(request, _("The statement is an example to the whole office now."))
    return redirect(node_url(submission.node))
