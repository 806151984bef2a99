"""`wk coach`: learning from a labelled folder, and reading with what was learned."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Installation


@pytest.mark.slow
def test_what_was_learned_from_one_label_a_field_reads_better_than_it_began(
    wk: "Installation", reports: Path
) -> None:
    labels = reports / "labels.json"
    learned = wk.json(
        "coach", "run", "annual-reports", "--reports", reports, "--labels", labels,
        "--from", "bare", "--save", "first",
    )  # fmt: skip
    assert learned["reports"] == 3
    assert learned["accuracy_after"] > learned["accuracy_before"]
    read = wk.json(
        "run", "annual-reports", reports, "--instructions", "first", "--labels", labels, "--no-coach"
    )
    assert read["accuracy"] == pytest.approx(learned["accuracy_after"])
    again = wk.run(
        "coach", "run", "annual-reports", "--reports", reports, "--labels", labels, "--save", "first"
    )
    assert again.returncode == 1
    assert "already" in again.stderr


def test_coaching_on_a_folder_says_what_it_lacks(wk: "Installation", reports: Path) -> None:
    done = wk.run("coach", "run", "annual-reports", "--reports", reports)
    assert done.returncode == 2
    assert "--labels" in done.stderr
    done = wk.run("run", "annual-reports", reports, "--instructions", "never-saved")
    assert done.returncode == 1
    assert "no instructions 'never-saved'" in done.stderr


@pytest.mark.slow
@pytest.mark.requirement("GF-11")
def test_the_next_documents_are_read_and_coached_within_their_rounds(school: "Installation") -> None:
    coached = json.loads((school.folder / "coached.json").read_text(encoding="utf-8"))
    assert coached["documents"] == 2
    assert coached["max_rounds"] == 3
    assert coached["changes"] > 0
    assert coached["rounds"] <= 3 * coached["sessions"]
    assert coached["accuracy_after"] > coached["accuracy_before"]
    assert school.json("documents", "list")["documents"][2]["status"] == "new"


@pytest.mark.slow
@pytest.mark.requirement("GF-14")
def test_sessions_show_the_strategies_in_round_order(school: "Installation") -> None:
    rows = school.json("coach", "sessions")
    assert {row["agent"] for row in rows} >= {"governance", "balance_sheet", "property"}
    assert any("explore → " in row["strategies"] for row in rows)
    assert [row["average"] for row in rows] == sorted((row["average"] for row in rows), reverse=True)
    assert "explore → " in school.run("coach", "sessions").stdout


@pytest.mark.slow
@pytest.mark.requirement("GF-15")
def test_trends_are_by_agent_and_day(school: "Installation") -> None:
    rows = school.json("coach", "trends")
    assert {row["agent"] for row in rows} >= {"governance", "balance_sheet", "property"}
    assert [row["day"] for row in rows] == sorted((row["day"] for row in rows), reverse=True)
    assert all(row["documents"] == 2 and row["average"] <= row["best"] for row in rows)


@pytest.mark.slow
@pytest.mark.requirement("GF-72")
def test_every_round_is_listed_with_its_document_accuracy_f1_and_phase(school: "Installation") -> None:
    rows = school.json("coach", "rounds")
    coached = json.loads((school.folder / "coached.json").read_text(encoding="utf-8"))
    assert len([row for row in rows if row["run_id"] == coached["run_id"]]) == coached["rounds"]
    assert all(0 <= row["accuracy"] <= 1 and 0 <= row["f1"] <= 1 and row["phase"] == 1 for row in rows)
    told = school.run("coach", "rounds").stdout
    assert "governance" in told and "explore" in told


@pytest.mark.slow
@pytest.mark.requirement("GF-32")
def test_hours_show_the_mean_accuracy_f1_and_count_of_their_rounds(school: "Installation") -> None:
    rounds, hours = school.json("coach", "rounds"), school.json("coach", "hours")
    assert [row["hour"] for row in hours] == sorted((row["hour"] for row in hours), reverse=True)
    assert sum(row["runs"] for row in hours) == len(rounds)
    whole = sum(row["average"] * row["runs"] for row in hours)
    assert whole == pytest.approx(sum(row["accuracy"] for row in rounds))
    assert sum(row["f1"] * row["runs"] for row in hours) == pytest.approx(sum(row["f1"] for row in rounds))


@pytest.mark.slow
@pytest.mark.requirement("GF-02", "GF-03")
def test_status_tells_how_far_learning_is_and_what_the_phase_lacks(school: "Installation") -> None:
    found = school.json("status")
    phase, accuracy = found["phase"], found["accuracy_24h"]
    assert (phase["number"], phase["name"], phase["of"]) == (1, "exploration", 200)
    assert phase["documents"] + phase["left"] == 50
    assert phase["target"] == 0.80
    assert phase["gap"] == pytest.approx(max(0.0, 0.80 - accuracy))
    told = school.run("status").stdout
    assert f"{phase['documents']}/200 documents, {phase['left']} left in the phase; target 80" in told


@pytest.mark.slow
@pytest.mark.requirement("GF-24")
def test_strategies_are_told_with_what_they_gained(school: "Installation") -> None:
    used = {row["strategy"]: row for row in school.json("coach", "strategies")}
    assert used["explore"]["improvement"] > 0


@pytest.mark.slow
@pytest.mark.requirement("GF-75")
def test_an_agent_s_history_shows_what_each_version_changed(school: "Installation") -> None:
    versions = school.json("coach", "history", "property")
    assert [row["version"] for row in versions] == list(range(1, len(versions) + 1))
    assert (versions[0]["author"], versions[0]["strategy"]) == ("Ida", "adopt")
    assert versions[1]["author"] == "coach"
    assert "+ " in school.run("coach", "history", "property").stdout.replace("+  ", "+ ")


@pytest.mark.slow
def test_an_answer_95_percent_right_is_a_golden_example(school: "Installation") -> None:
    coached = json.loads((school.folder / "coached.json").read_text(encoding="utf-8"))
    assert coached["golden"] > 0
    assert school.json("status")["golden_examples"] == coached["golden"]


@pytest.mark.slow
@pytest.mark.requirement("GF-12")
def test_a_window_that_is_of_another_phase_is_refused(school: "Installation") -> None:
    done = school.run("coach", "run", "annual-reports", "--phase", 1, "--from", 51, "--to", 100)
    assert done.returncode == 2
    assert "do not belong to phase 1" in done.stderr


@pytest.mark.slow
@pytest.mark.requirement("GF-12")
@pytest.mark.requirement("GF-26")
@pytest.mark.requirement("GF-42")
def test_a_forced_strategy_counts_once_and_poison_is_put_back_within_a_round(
    school: "Installation", reports: Path
) -> None:
    labels = reports / "labels.json"
    best = max(row["accuracy"] or 0.0 for row in school.json("coach", "history", "income_statement"))
    school.run("coach", "adopt", "bare", "--by", "Mallory", "--reason", "poison")
    school.run("coach", "force", "governance", "explore", "--by", "Ida")
    window = ("--phase", 1, "--from", 1, "--to", 2)
    ran = school.json("coach", "run", "annual-reports", *window, "--labels", labels)
    assert (ran["documents"], ran["phase"]) == (2, 1)
    with school.api() as api:
        run = api.get(f"/runs/{ran['run_id']}")
    assert (run["status"], run["items"], run["seconds"] > 0) == ("finished", 2, True)
    history = school.json("coach", "history", "income_statement")
    after = history[next(i for i, row in enumerate(history) if row["author"] == "Mallory") + 1]
    assert (after["strategy"], after["accuracy"]) == ("revert", pytest.approx(best))
    with school.api() as api:
        rows = api.get("/coaching/annual-reports/rounds")
        orders = api.get("/coaching/annual-reports/orders")
    forced = [row for row in rows if row["reason"] == "forced by operator Ida"]
    assert [(row["agent"], row["strategy"]) for row in forced] == [("governance", "explore")]
    assert orders[0]["used_by_session"] == forced[0]["session_id"]
    school.run("coach", "adopt", "bare", "--by", "Mallory")
    before = school.json("coach", "history", "income_statement")
    put_back = {row["agent"]: row for row in school.json("coach", "restore", "--by", "Ida")}
    assert put_back["income_statement"]["accuracy"] == pytest.approx(best)
    assert school.json("coach", "history", "income_statement")[: len(before)] == before


@pytest.mark.slow
@pytest.mark.requirement("GF-10")
def test_one_document_is_read_and_coached_by_its_number(school: "Installation", reports: Path) -> None:
    name = Path(school.json("documents", "list")["documents"][0]["path"]).name
    golden = next(one["agent"] for one in school.json("coach", "golden") if one["document"] == name)
    school.run("coach", "force", golden, "golden", "--by", "Ida")
    one = ("--doc-id", 1, "--coach", "--max-rounds", 1, "--labels", reports / "labels.json")
    ran = school.json("run", "annual-reports", *one, "--output", "one.jsonl")
    [line] = school.lines("one.jsonl")
    document = school.json("documents", "list")["documents"][0]
    assert Path(line["document"]).name == Path(document["path"]).name
    assert line["fields"]
    coached = ran["coaching"]
    assert (coached["documents"], coached["rounds"]) == (1, coached["sessions"])
    with school.api() as api:
        rounds = api.get("/coaching/annual-reports/rounds")
    assert {row["document"] for row in rounds if row["run_id"] == ran["run_id"]} == {line["document"]}
    newest = school.json("coach", "history", golden)[-1]
    examples = [one for told in newest["content"]["fields"].values() for one in told.get("examples", ())]
    assert (newest["strategy"], bool(examples)) == ("golden", True)


@pytest.mark.slow
@pytest.mark.requirement("GF-04")
def test_a_phase_shows_start_end_and_gain(school: "Installation") -> None:
    (phase,) = school.json("coach", "phases")
    assert (phase["phase"], phase["name"], phase["documents"]) == (1, "exploration", 2)
    assert phase["gain"] == pytest.approx(phase["end"] - phase["start"])
    assert phase["below_expected"] == (phase["gain"] < 0.15)
    assert "exploration" in school.run("coach", "phases").stdout


@pytest.mark.slow
@pytest.mark.requirement("GF-25")
@pytest.mark.requirement("GF-33")
def test_agents_are_shown_best_first_and_the_weak_ones_worst_first(school: "Installation") -> None:
    top = school.json("coach", "top")
    assert {row["agent"] for row in top} >= {"governance", "balance_sheet", "property"}
    assert [row["average"] for row in top] == sorted((row["average"] for row in top), reverse=True)
    weak = school.json("coach", "stuck")
    assert weak == sorted(
        (row for row in top if row["weak"] or row["stuck"]), key=lambda row: (row["average"], row["agent"])
    )
    assert all(row["average"] < 0.70 for row in weak if row["weak"])


@pytest.mark.slow
@pytest.mark.requirement("GF-58", "GF-59", "GF-60")
def test_criteria_are_computed_from_what_was_really_coached(school: "Installation") -> None:
    done = school.run("slo", "criteria", "--json")
    criteria = {one["row"]: one for one in json.loads(done.stdout)}
    assert criteria["GF-58"]["state"] == "green"
    assert 0 < criteria["GF-59"]["value"] < 2
    assert (criteria["GF-60"]["state"], criteria["GF-60"]["value"]) == ("green", 0.0)
    assert criteria["GF-61"]["state"] == "no data"
    assert done.returncode == (1 if any(one["state"] == "red" for one in criteria.values()) else 0)


@pytest.mark.slow
@pytest.mark.requirement("GF-05", "GF-73")
def test_golden_examples_are_listed_and_a_person_can_verify_one_or_take_it_out(
    school: "Installation",
) -> None:
    found = school.json("coach", "golden")
    assert found
    assert all(one["accuracy"] >= 0.95 and one["verified_by"] == "auto" for one in found)
    first, last = found[0]["example_id"], found[-1]["example_id"]
    told = school.run("coach", "golden", "--verify", first, "--by", "Ada Berg").stdout
    assert found[0]["agent"] in told and found[0]["document"] in told and "Ada Berg" in told
    retired = school.json("coach", "golden", "--retire", last, "--by", "Ada Berg")
    assert [one["active"] for one in retired if one["example_id"] == last] == [False]
    assert school.json("status")["golden_examples"] == len(found) - 1
    again = school.json("coach", "golden", "--verify", last, "--by", "Ada Berg")
    assert all(one["active"] for one in again)
    unknown = school.run("coach", "golden", "--verify", "none")
    assert unknown.returncode == 1
    assert "no golden example 'none'" in unknown.stderr


@pytest.mark.slow
def test_a_search_is_handed_the_instructions_of_each_agent(wk: "Installation", reports: Path) -> None:
    labels = reports / "labels.json"
    folder = ("--reports", reports, "--labels", labels, "--from", "bare")
    found = wk.json(
        "coach", "run", "annual-reports", *folder, "--save", "searched", "--search", "gepa",
        "--evaluations", 30,
    )  # fmt: skip
    assert found["search"] == "gepa"
    assert {one["agent"] for one in found["agents"]} >= {"governance", "balance_sheet", "property"}
    assert found["accuracy_after"] > found["accuracy_before"]
    assert found["changes"] == sum(len(one["kept"]) for one in found["agents"])
    read = wk.json("run", "annual-reports", reports, "--instructions", "searched", "--labels", labels)
    assert read["accuracy"] == pytest.approx(found["accuracy_after"])


def test_a_search_nobody_knows_or_on_the_corpus_is_refused(wk: "Installation", reports: Path) -> None:
    folder = ("--reports", reports, "--labels", reports / "labels.json", "--save", "x")
    done = wk.run("coach", "run", "annual-reports", *folder, "--search", "annealing")
    assert (done.returncode, "race, gepa" in done.stderr) == (2, True)
    done = wk.run("coach", "run", "annual-reports", "--phase", 1, "--to", 2, "--search", "race")
    assert (done.returncode, "--reports" in done.stderr) == (2, True)
