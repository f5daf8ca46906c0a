"""Taking a year along: tables that no program runs, and the evidence in an archive that proves itself."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import warnings
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from approvals.archive import archive_of
from approvals.exports import EXPORTS
from approvals.figures import figures
from tests import builders
from tests.builders import approve_evidence, evidence_file, return_evidence, start, submit_evidence, work_node
from workflow.files import path_of
from workflow.models import AuditEntry, StoredFile

AT = datetime(2022, 1, 13, 1, 0, tzinfo=UTC)
HOSTILE = '=HYPERLINK("http://x","a")<script>alert(1)</script>'


@pytest.fixture
def year(office, media_root):
    """Node 1 handed in twice, with two files of one name; node 59 deferred; node 3 untouched."""
    node = start(work_node(office, 1, title="召开推进会"))
    submit_evidence(node, files=[evidence_file("../报告.txt", "第一稿，缺少签到表。")])
    return_evidence(node)
    same = [evidence_file("报告.txt", "会议纪要。"), evidence_file("报告.txt", "签到表。")]
    submit_evidence(node, files=same, statement=f"3月5日召开推进会。{HOSTILE}")
    approve_evidence(node)
    builders.defer(start(work_node(office, 59, title="举行汤显祖戏剧节")))
    work_node(office, 3, title=HOSTILE)
    return office.cycles.get()


def packed(year) -> bytes:
    return b"".join(archive_of(year, figures(year), AT).chunks())


def verdict(*arguments: object) -> tuple[int, str]:
    """What the archive's own verifier says, run as whoever received it would."""
    run = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""
    return run.returncode, run.stdout


@pytest.fixture
def unpacked(year, tmp_path: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(packed(year))) as archive:
        archive.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked"


def test_every_paper_of_every_round_is_in_the_archive(unpacked):
    papers = sorted(path.relative_to(unpacked).as_posix() for path in unpacked.glob("节点/001*/*/*"))
    assert [path.split("/", 1)[1] for path in papers] == [
        "001 召开推进会/第1轮/报告.txt",
        "001 召开推进会/第1轮/说明.txt",
        "001 召开推进会/第2轮/报告 (2).txt",
        "001 召开推进会/第2轮/报告.txt",
        "001 召开推进会/第2轮/说明.txt",
    ]
    assert len(list(unpacked.glob("节点/059*/延期申请1/签批件/*"))) > 0


def test_the_archive_verifies_and_names_what_was_altered(unpacked, year):
    verify = unpacked / "verify.py"
    manifest = archive_of(year, figures(year), AT).manifest_sha256
    assert verdict(verify)[0] == 0
    assert verdict(verify, manifest)[0] == 0
    (unpacked / "节点/001 召开推进会/第2轮/报告.txt").write_text("改过的内容", encoding="utf-8")
    (unpacked / "后来放入.txt").write_text("x", encoding="utf-8")
    (unpacked / "figures.json").unlink()
    code, said = verdict(verify)
    assert code == 1
    assert "内容已被改动：节点/001 召开推进会/第2轮/报告.txt" in said
    assert "清单之外的文件：后来放入.txt" in said
    assert "缺少文件：figures.json" in said


def test_a_list_that_was_made_to_fit_is_told_from_the_registered_one(unpacked, year):
    manifest = archive_of(year, figures(year), AT).manifest_sha256
    listed = json.loads((unpacked / "manifest.json").read_text(encoding="utf-8"))
    listed["files"] = listed["files"][:1]
    (unpacked / "manifest.json").write_text(json.dumps(listed), encoding="utf-8")
    code, said = verdict(unpacked / "verify.py", manifest)
    assert code == 1
    assert "清单与登记的校验值不符" in said


def test_the_verifier_reads_the_zip_itself_and_refuses_what_is_none(year, tmp_path):
    whole, broken = tmp_path / "evidence.zip", tmp_path / "broken.zip"
    whole.write_bytes(packed(year))
    broken.write_bytes(packed(year)[:500])
    verify = tmp_path / "verify.py"
    with zipfile.ZipFile(whole) as archive:
        verify.write_bytes(archive.read("verify.py"))
    assert verdict(verify, whole)[0] == 0
    assert verdict(verify, broken)[0] == 1


def test_a_second_file_of_a_name_does_not_pass_for_the_first(year, tmp_path):
    doubled, verify = tmp_path / "doubled.zip", tmp_path / "verify.py"
    with zipfile.ZipFile(io.BytesIO(packed(year))) as source, zipfile.ZipFile(doubled, "w") as target:
        verify.write_bytes(source.read("verify.py"))
        target.writestr("figures.json", "另一份数据")
        for name in source.namelist():
            with warnings.catch_warnings(action="ignore"):
                target.writestr(name, source.read(name))
    code, said = verdict(verify, doubled)
    assert code == 1
    assert "同名文件不止一个：figures.json" in said


@pytest.mark.parametrize("listed", ["[]", '{"files": [1]}', '{"files": {"a": 1}}', '{"files": [{}]}', "无"])
def test_whatever_stands_in_the_list_the_verifier_answers_in_words(unpacked, listed):
    (unpacked / "manifest.json").write_text(listed, encoding="utf-8")
    code, said = verdict(unpacked / "verify.py")
    assert code == 1
    assert "核验未通过" in said


def test_a_file_that_goes_while_the_archive_is_sent_is_told_by_the_verifier(year, tmp_path):
    archive = archive_of(year, figures(year), AT)
    pieces = archive.chunks()
    sent = [next(pieces)]
    gone = StoredFile.objects.order_by("id").last()
    path_of(gone.sha256).unlink()
    whole, verify = tmp_path / "evidence.zip", tmp_path / "verify.py"
    whole.write_bytes(b"".join([*sent, *pieces]))
    with zipfile.ZipFile(whole) as source:
        verify.write_bytes(source.read("verify.py"))
    code, said = verdict(verify, whole)
    assert code == 1
    assert "缺少文件：" in said


def test_the_same_year_gives_the_same_bytes(year):
    assert packed(year) == packed(year)


def test_what_is_not_on_this_machine_is_named_not_left_out(year):
    gone = StoredFile.objects.order_by("id").first()
    path_of(gone.sha256).unlink()
    archive = archive_of(year, figures(year), AT)
    assert archive.missing == 1
    listed = json.loads(archive.manifest)["files"]
    assert [line["sha256"] for line in listed if line.get("missing")] == [gone.sha256]


def test_hostile_words_are_words_on_the_index_page(unpacked):
    page = (unpacked / "index.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_taking_the_archive_is_on_record_with_the_hash_of_its_list(client, year):
    client.force_login(builders.person("shenji"))
    answer = client.post("/exports/evidence.zip?year=2021")
    content = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    entry = AuditEntry.objects.get(action="cycle.evidence_exported")
    page = client.get("/exports/?year=2021").content.decode()
    assert entry.data["manifest"] in page


def test_a_division_is_not_handed_the_evidence_of_all(client, year):
    client.force_login(builders.person("xinwen1"))
    assert client.post("/exports/evidence.zip?year=2021").status_code == 403
    assert "evidence.zip" not in client.get("/exports/?year=2021").content.decode()


def test_in_no_table_a_text_becomes_a_formula(client, year):
    client.force_login(builders.person("jixiao1"))
    rows = list(csv.reader(io.StringIO(client.get("/exports/nodes.csv").content.decode("utf-8-sig"))))
    assert any(cell.startswith("'=HYPERLINK") for row in rows for cell in row)
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    for name in EXPORTS:
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"/exports/{name}.xlsx").content))
        assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)


def test_the_figures_are_those_of_the_command(client, year):
    client.force_login(builders.person("xinwen1"))
    assert client.get("/exports/figures.json").json() == json.loads(json.dumps(figures(year)))


def test_margins_and_suggestions_are_those_of_the_analysis(client, year):
    client.force_login(builders.person("jixiao1"))
    rows = list(csv.reader(io.StringIO(client.get("/exports/margins.csv").content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["1", "3", "59"]
    assert all(row[6] == "" for row in rows[2:])
    assert int(rows[1][7]) > 0
    told = client.get("/exports/suggestions.csv").content.decode("utf-8-sig")
    assert "2022" in told


def test_a_division_takes_along_only_what_it_sees(client, year):
    client.force_login(builders.person("mishu1"))
    text = client.get("/exports/evidence.csv").content.decode("utf-8-sig")
    assert len(text.splitlines()) == 1
    assert client.get("/exports/secrets.csv").status_code == 404


def test_the_command_writes_the_archive_whole_or_not_at_all(year, tmp_path, capsys):
    out = tmp_path / "deep" / "evidence.zip"
    call_command("export_evidence", office="jx-fao", year=2021, out=out)
    assert zipfile.ZipFile(out).testzip() is None
    assert "manifest sha256" in capsys.readouterr().out
    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError, match="file"):
        call_command("export_evidence", office="jx-fao", year=2021, out=tmp_path / "file" / "x.zip")
