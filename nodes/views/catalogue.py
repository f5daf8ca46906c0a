"""The year's nodes as a tree: narrowed, counted, saved as a view, taken along as a workbook."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from nodes import exports, selectors
from nodes.filters import CatalogueFilter, SavedViewForm
from nodes.models import Cycle, WorkNode
from nodes.services.views import delete_view, save_view
from nodes.tree import Progress, progress_of, tree
from nodes.views.choosing import chosen_cycle, visitor
from workflow.models import User
from workflow.refusals import Invalid
from workflow.spreadsheets import workbook_response

PAGE = 100


class Catalogue:
    """What a filter shows of a year: counted by light, page by page."""

    def __init__(self, user: User, cycle: Cycle, asked: QueryDict) -> None:
        self.cycle, self.form = cycle, CatalogueFilter(asked, cycle)
        self.chosen, self.query = self.form.chosen(), self.form.query()
        self.light = self.chosen.get("light", "")
        self._year, self._page = asked.get("year"), asked.get("page")
        self._every = selectors.catalogue(user, cycle, self.chosen)

    @property
    def asked(self) -> QueryDict:
        """The filter and the year, where one was named: what the page's address says, put plainly."""
        asked = QueryDict(self.query, mutable=True)
        if self._year:
            asked["year"] = self._year
        return asked

    @property
    def address(self) -> str:
        return f"{reverse('nodes')}?{self.asked.urlencode()}".removesuffix("?")

    @cached_property
    def nodes(self) -> Any:
        """The nodes shown, in tree order: all of them, not only the page's."""
        return self._every.filter(light=self.light) if self.light else self._every

    @cached_property
    def counts(self) -> Any:
        """How many nodes there are by light, whichever light is chosen."""
        return selectors.light_counts(self._every)

    @property
    def shown_counts(self) -> Any:
        return [(one, count) for one, count in self.counts if self.light in ("", one)]

    @cached_property
    def in_all(self) -> int:
        return progress_of(self.counts).nodes

    @cached_property
    def progress(self) -> Progress:
        """How many nodes are shown, and how many of them are done."""
        return progress_of(self.shown_counts)

    @cached_property
    def page(self) -> Page[WorkNode]:
        paginator = Paginator(self.nodes, PAGE)
        paginator.__dict__["count"] = self.progress.nodes  # known already
        return paginator.get_page(self._page)

    @cached_property
    def branches(self) -> Any:
        return tree(self.nodes, self.page)


@require_safe
def node_list(request: HttpRequest) -> HttpResponse:
    catalogue = _asked_for(request)
    response = _page(request, catalogue, SavedViewForm())
    if request.headers.get("HX-Request"):
        response["HX-Push-Url"] = _step(request, catalogue)
    return response


@require_safe
def node_export(request: HttpRequest) -> HttpResponse:
    """What the same address without `export/` shows, all pages of it, as a workbook."""
    catalogue = _asked_for(request)
    cycle = catalogue.cycle
    name = _("%(office)s %(year)d work nodes.xlsx") % {"office": cycle.office, "year": cycle.year}
    return workbook_response(name, _("Work nodes"), *exports.node_list(cycle, catalogue.nodes))


@require_http_methods(["GET", "HEAD", "POST"])
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the posted filter under the posted name; who only looks is shown the nodes."""
    if request.method != "POST":
        return redirect("nodes")
    catalogue, form = _posted(request), SavedViewForm(request.POST)
    if form.is_valid():
        try:
            view = save_view(actor=visitor(request), name=form.cleaned_data["name"], query=catalogue.query)
        except Invalid as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": view})
            return redirect(catalogue.address)
    return _page(request, catalogue, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def view_delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forget a view and stay with the posted filter."""
    if request.method != "POST":
        return redirect("nodes")
    delete_view(actor=visitor(request), view_id=view_id)
    messages.success(request, _("The view is deleted."))
    return redirect(_posted(request).address)


def _asked_for(request: HttpRequest) -> Catalogue:
    return Catalogue(visitor(request), chosen_cycle(request), request.GET)


def _posted(request: HttpRequest) -> Catalogue:
    """The nodes as they were when the form was sent: its field `query` is the page's address."""
    request.GET = QueryDict(request.POST.get("query", ""))
    return _asked_for(request)


def _step(request: HttpRequest, catalogue: Catalogue) -> str:
    """The address to go back to; the same filter again is no new step."""
    before = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
    return "false" if catalogue.address == before else catalogue.address


def _page(
    request: HttpRequest, catalogue: Catalogue, view_form: SavedViewForm, status: int = 200
) -> HttpResponse:
    # The links of the page go on from what the filter understood.
    request.GET = catalogue.asked  # type: ignore[assignment]
    user = visitor(request)
    views = list(user.saved_views.all())
    facts = {
        "cycle": catalogue.cycle,
        "cycles": selectors.cycles(user),
        "catalogue": catalogue,
        "page": catalogue.page,
        "views": views,
        "saved": any(view.query == catalogue.query for view in views),
        "view_form": view_form,
    }
    return render(request, "nodes/list.html", facts, status=status)
