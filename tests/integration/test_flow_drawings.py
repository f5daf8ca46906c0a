"""The drawings of the flows in docs/flows are those of the code, and can be read alone."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from approvals.flows import DeferralFlow, EvidenceReviewFlow, SummaryFlow
from approvals.scores.flow import ScoreAppealFlow

FLOWS = {
    "deferral": DeferralFlow,
    "evidence-review": EvidenceReviewFlow,
    "annual-summary": SummaryFlow,
    "score-appeal": ScoreAppealFlow,
}
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flows")
    call_command("draw_flows", to=folder)
    return folder


def texts(path: Path) -> list[str]:
    return [element.text for element in ElementTree.parse(path).iter(f"{SVG}text") if element.text]


def process(path: Path) -> ElementTree.Element:
    found = ElementTree.parse(path).getroot().find(f"{BPMN}process")
    assert found is not None
    return found


def test_the_documentation_shows_the_flows_as_they_are():
    call_command("draw_flows", check=True)


def test_a_drawing_out_of_date_is_named(tmp_path: Path):
    call_command("draw_flows", to=tmp_path)
    (tmp_path / "deferral.svg").write_text("<svg/>")
    (tmp_path / "evidence-review.bpmn").unlink()

    with pytest.raises(CommandError) as refused:
        call_command("draw_flows", to=tmp_path, check=True)

    assert [line.partition(" ")[0] for line in str(refused.value).splitlines()] == [
        str(tmp_path / "deferral.svg"),
        str(tmp_path / "evidence-review.bpmn"),
    ]
    assert (tmp_path / "deferral.svg").read_text() == "<svg/>"


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="file"):
        call_command("draw_flows", to=tmp_path / "file" / "flows")


@pytest.mark.parametrize("name", FLOWS)
def test_every_step_decision_and_timer_carries_its_name(drawn: Path, name: str):
    shown = texts(drawn / f"{name}.svg")
    with translation.override("en"):
        for node in FLOWS[name].instance.nodes():
            assert str(node.task_title or node.name.capitalize()) in shown


def test_the_ways_out_of_a_decision_are_named(drawn: Path):
    shown = texts(drawn / "deferral.svg")
    assert {"yes", "no"} <= set(shown)


@pytest.mark.parametrize("name", FLOWS)
def test_the_picture_has_its_size_its_ground_and_room_for_all_labels(drawn: Path, name: str):
    root = ElementTree.parse(drawn / f"{name}.svg").getroot()
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    assert (float(root.attrib["width"]), float(root.attrib["height"])) == (width, height)
    ground = root.find(f"{SVG}rect")
    assert ground is not None
    assert ground.attrib["fill"] == "#fff"
    for label in root.iterfind(f"{SVG}text"):
        assert left < float(label.attrib["x"]) < left + width
        assert top < float(label.attrib["y"]) < top + height


@pytest.mark.parametrize("name", FLOWS)
def test_the_bpmn_holds_every_node_and_only_edges_between_them(drawn: Path, name: str):
    found = process(drawn / f"{name}.bpmn")
    edges = found.findall(f"{BPMN}sequenceFlow")
    ids = {element.attrib["id"] for element in found} - {edge.attrib["id"] for edge in edges}

    assert ids == {f"id_node_{node.name}" for node in FLOWS[name].instance.nodes()}
    assert edges
    assert {edge.attrib[end] for edge in edges for end in ("sourceRef", "targetRef")} <= ids


def test_a_waiting_sign_off_is_urged_and_escalated_without_being_taken_away(drawn: Path):
    found = process(drawn / "deferral.bpmn")
    timers = [
        timer
        for timer in found.findall(f"{BPMN}boundaryEvent")
        if timer.find(f"{BPMN}timerEventDefinition") is not None
    ]
    assert {timer.attrib["attachedToRef"] for timer in timers} == {"id_node_sign_off"}
    assert [timer.attrib["cancelActivity"] for timer in timers] == ["false", "false"]
