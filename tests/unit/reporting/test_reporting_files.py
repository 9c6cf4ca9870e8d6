from __future__ import annotations

import json
from pathlib import Path

import pytest
from reporting_samples import BOTH, Make

from servinix_conformance.events import Footer, Header, ScenarioEnd
from servinix_conformance.report import Report, Unwritten
from servinix_conformance.reporting import FORMATS, clear, junit, whole, writers
from servinix_conformance.waiting import Estimate


def test_reports_are_written_where_they_are_asked_for(tmp_path: Path, run_of: Make) -> None:
    assert writers(None) == []
    run, folder = run_of(*BOTH), tmp_path / "new" / "reports"
    clear(folder)
    run.reporters = writers(folder)
    run.announce(Estimate(0, 0), 1)
    run.ended(BOTH[0])
    assert [path.name for path in folder.iterdir()] == ["events.ndjson"]
    run.finish()
    assert {path.name for path in folder.iterdir()} == {"events.ndjson", *FORMATS}


def test_a_run_leaves_no_report_of_an_earlier_one(tmp_path: Path) -> None:
    for name in (*FORMATS, "events.ndjson", ".report.json.part", "other.txt"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    clear(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["other.txt"]


def test_a_folder_that_is_none_gets_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "reports").touch()
    with pytest.raises(whole.FolderError) as caught:
        clear(tmp_path / "reports")
    assert str(caught.value) == f"--report {tmp_path / 'reports'}: File exists; name a folder that can be written to"


def test_a_file_that_is_cut_off_does_not_take_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(path: Path, to: Path) -> Path:
        raise KeyboardInterrupt(path, to)

    monkeypatch.setattr(Path, "replace", cut_off)
    with pytest.raises(KeyboardInterrupt):
        whole.write(tmp_path / "report.json", b'{"end": true}')
    assert not (tmp_path / "report.json").exists()


def test_a_disk_that_is_full_costs_one_format_and_not_the_others(tmp_path: Path, run_of: Make) -> None:
    (tmp_path / ".report.json.part").symlink_to("/dev/full")
    run = run_of(*BOTH)
    run.reporters = writers(tmp_path)
    with pytest.raises(Unwritten) as caught:
        run.finish()
    assert str(caught.value) == f"--report {tmp_path}: report.json could not be written: No space left on device"
    assert {path.name for path in tmp_path.iterdir()} == {".report.json.part", *FORMATS} - {"report.json"}


def test_a_defect_of_one_format_does_not_cost_the_others(
    tmp_path: Path, run_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(report: Report) -> bytes:
        raise LookupError(report.header.target)

    monkeypatch.setattr(junit, "render", broken)
    run = run_of(*BOTH)
    run.reporters = writers(tmp_path)
    with pytest.raises(Unwritten, match=r"^junit\.xml could not be made: LookupError: Example; please report it$"):
        run.finish()
    assert {path.name for path in tmp_path.iterdir()} == FORMATS.keys() - {"junit.xml"}


def test_the_stream_holds_a_run_from_its_header_to_its_footer(tmp_path: Path, run_of: Make) -> None:
    run = run_of()
    run.reporters = writers(tmp_path)
    run.announce(Estimate(0, 0), 2)
    for item in BOTH:
        run.ended(item)
    run.finish()
    lines = [json.loads(line) for line in (tmp_path / "events.ndjson").read_text(encoding="utf-8").splitlines()]
    kinds = [line.pop("event") for line in lines]
    assert kinds == ["header", "scenario", "scenario", "clause", "clause", "clause", "clause", "footer"]
    assert Header.from_json(lines[0]) == run.header
    assert (lines[0]["target"], lines[0]["processes"], lines[0]["time"]) == ("Example", 2, "real")
    assert [ScenarioEnd.from_json(line) for line in lines[1:3]] == list(BOTH)
    assert [(line["id"], line["verdict"]) for line in lines[3:5]] == [("AA-1", "passed"), ("AA-2", "failed")]
    assert Footer.from_json(lines[-1]) == run.report.footer


def test_a_run_that_is_cut_off_leaves_a_stream_without_a_footer(tmp_path: Path, run_of: Make) -> None:
    run = run_of()
    run.reporters = writers(tmp_path)
    run.announce(Estimate(0, 0), 1)
    run.ended(BOTH[0])
    lines = (tmp_path / "events.ndjson").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["header", "scenario"]


@pytest.mark.parametrize("when", ["before", "within"])
def test_a_stream_that_cannot_be_written_is_told_when_the_run_is_over(tmp_path: Path, run_of: Make, when: str) -> None:
    run = run_of(*BOTH)
    if when == "before":
        (tmp_path / "events.ndjson").mkdir()
    else:
        (tmp_path / "events.ndjson").symlink_to("/dev/full")
    run.reporters = writers(tmp_path)
    run.announce(Estimate(0, 0), 1)
    run.ended(BOTH[0])
    said = "Is a directory" if when == "before" else "No space left on device"
    with pytest.raises(Unwritten) as caught:
        run.finish()
    assert str(caught.value) == f"--report {tmp_path}: events.ndjson is not whole: {said}"
    assert FORMATS.keys() <= {path.name for path in tmp_path.iterdir()}
