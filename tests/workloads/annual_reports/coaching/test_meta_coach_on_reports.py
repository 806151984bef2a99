"""A model proposes a change of instructions: kept only where it helps; coaching goes on without one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.app.meta_coach import meta_coach
from watchkeeper.app.settings import Settings
from watchkeeper.coaching.meta_coach import MetaCoach, MetaCoachUse
from watchkeeper.coaching.phases import PHASES
from watchkeeper.coaching.session import Past, Session, run_session
from watchkeeper.domain.errors import InvalidInputError, NotFoundError
from watchkeeper.testing.scripted_reply import answer, failure, json_answer
from watchkeeper.testing.upstream import RecordedRequest, ScriptedUpstream, Step
from watchkeeper.workloads.annual_reports.coaching.advice import Adviser
from watchkeeper.workloads.annual_reports.coaching.exam import Exam, LabelledReport, told_otherwise
from watchkeeper.workloads.annual_reports.coaching.exam_search import search_over
from watchkeeper.workloads.annual_reports.coaching.meta_change import PARTS, change_schema, proposal_of
from watchkeeper.workloads.annual_reports.coaching.pupil import ReportPupil
from watchkeeper.workloads.annual_reports.coaching.report_folder import open_folder, report_opener
from watchkeeper.workloads.annual_reports.instructions import InstructionSet, load_instructions
from watchkeeper.workloads.annual_reports.samples.book import write_samples
from watchkeeper.workloads.annual_reports.scoring import load_labels

SHIPPED = load_instructions()
AGENT, FIELD = "property", "build_year"
MENDING = {"reasoning": "no house was built then", "field": FIELD, "part": "minimum", "value": None}
HARMFUL = {"reasoning": "why not", "field": FIELD, "part": "avoid", "value": ["byggnadsår"]}


@dataclass(frozen=True)
class Ended:
    session: Session
    instructions: InstructionSet
    use: MetaCoachUse | None
    authors: tuple[str, ...]
    requests: Sequence[RecordedRequest]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Sequence[LabelledReport]:
    folder = tmp_path_factory.mktemp("labelled")
    paths = write_samples(folder, (21, 22))
    return open_folder(
        paths, load_labels(folder / "labels.json"), report_opener(Settings(), folder / "d")
    ).reports


@pytest.fixture(scope="module")
def broken() -> InstructionSet:
    """Instructions with a bound that no error's words can mend."""
    agent = SHIPPED.agents[AGENT]
    told = agent.fields[FIELD].model_copy(update={"minimum": 9000.0})
    return replace(SHIPPED, agents={**SHIPPED.agents, AGENT: told_otherwise(agent, FIELD, told)})


Coached = Callable[..., Ended]


@pytest.fixture
def coached(reports: Sequence[LabelledReport], broken: InstructionSet, tmp_path: Path) -> Iterator[Coached]:
    def session(meta: MetaCoach | None) -> tuple[Session, Exam, ReportPupil]:
        search = search_over(reports, broken)
        exam = search.exam
        adviser = None if meta is None else Adviser(meta=meta, search=search, phase=PHASES[0])
        pupil = ReportPupil(search, AGENT, 0, adviser=adviser, past=Past(recent=(0.5, 0.6)))
        done = run_session(pupil, agent=AGENT, document="d", phase=PHASES[0], max_rounds=3, past=Past())
        return done, exam, pupil

    def coach(*script: Step, then: Step | None = None, when: str = "stuck") -> Ended:
        if not script and then is None:
            done, exam, pupil = session(None)
            return Ended(done, exam.instructions, None, tuple(one.author for one in pupil.made), ())
        with ScriptedUpstream(script, then=then) as upstream:
            target = {"provider": "openai", "base_url": upstream.base_url, "model": "scripted-1"}
            settings = Settings.model_validate(
                {"targets": {"big": target}, "coaching": {"meta_coach": {"target": "big", "when": when}}}
            )
            with meta_coach(settings, tmp_path, workload="annual-reports") as meta:
                done, exam, pupil = session(meta)
                assert meta is not None
                authors = tuple(one.author for one in pupil.made)
                return Ended(done, exam.instructions, meta.use, authors, upstream.requests)

    yield coach


def said(change: dict[str, Any], *, confidence: float = 0.8) -> Step:
    return json_answer({**change, "confidence": confidence})


def reasons(ended: Ended) -> str:
    return " | ".join(one.decision.reason for one in ended.session.rounds)


@pytest.mark.requirement("GF-24", "GF-75")
def test_a_stuck_agent_is_mended_by_the_model_s_change_and_it_says_by_whom(coached: Coached) -> None:
    alone, helped = coached(), coached(said(MENDING), then=said(HARMFUL))
    assert FIELD in {*alone.session.rounds[-1].judged.errors, *alone.session.rounds[-1].judged.missing}
    assert helped.instructions.agents[AGENT].fields[FIELD].minimum is None
    assert "meta-coach big" in helped.authors
    assert any("(by meta-coach big)" in str(one.change) for one in helped.session.rounds)
    assert helped.use is not None
    assert (helped.use.answered >= 1, helped.use.kept) == (True, 1)
    assert (helped.session.final or 0) > (alone.session.final or 0)


def test_the_model_is_told_the_errors_and_what_the_agent_is_told_now(coached: Coached) -> None:
    request = coached(said(MENDING), then=said(HARMFUL)).requests[0].json
    text = request["messages"][0]["content"]
    assert request["temperature"] == 0.1
    assert f'"{FIELD}"' in text
    assert '"minimum": 9000.0' in text
    assert '"runs": 2' in text
    schema = request["response_format"]["json_schema"]["schema"]
    assert FIELD in schema["properties"]["field"]["enum"]


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (said(HARMFUL), "it does not help"),
        (said({**MENDING, "part": "labels", "value": ["1 234"]}), "figures are what a report states"),
        (said({**MENDING, "part": "side", "value": "above"}), "cannot be 'above'"),
        (answer("I would add a label."), "broken_json"),
        (answer("", refusal="I cannot help with that"), "goes on without"),
        (json_answer({"field": FIELD}), "schema_mismatch"),
        (failure(401), "goes on without"),
    ],
)
def test_what_the_model_gets_wrong_leaves_coaching_as_it_is_without_one(
    coached: Coached, step: Step, told: str
) -> None:
    alone, tried = coached(), coached(then=step)
    assert tried.instructions.sha256() == alone.instructions.sha256()
    assert tried.session.failure is None
    assert tried.session.final == alone.session.final
    assert told in reasons(tried)


def test_beside_the_errors_it_is_asked_in_each_round(coached: Coached) -> None:
    ended = coached(then=said(MENDING), when="each_round")
    assert "meta-coach big" in ended.authors


def test_a_target_that_nobody_configured_is_told_before_anything_is_read(tmp_path: Path) -> None:
    settings = Settings.model_validate({"coaching": {"meta_coach": {"target": "big"}}})
    with pytest.raises(NotFoundError, match="'big' is neither"), meta_coach(settings, tmp_path, workload="a"):
        pass


@given(
    part=st.sampled_from([*PARTS, "kind", "hints"]),
    value=st.one_of(
        st.none(),
        st.floats(allow_nan=False),
        st.text(max_size=20),
        st.lists(st.text(max_size=20), max_size=4),
    ),
)
def test_an_answer_changes_one_part_of_one_field_or_is_refused(part: str, value: object) -> None:
    agent = SHIPPED.agents[AGENT]
    try:
        proposal = proposal_of({"field": FIELD, "part": part, "value": value}, agent)
    except InvalidInputError:
        return
    before, after = agent.fields[FIELD].model_dump(), proposal.told.model_dump()
    assert [name for name in before if before[name] != after[name]] == [part]
    assert all(word in after[part] for word in proposal.added)


def test_the_schema_lets_only_fields_in_error_be_changed() -> None:
    schema = change_schema([FIELD])
    assert schema["properties"]["field"]["enum"] == [FIELD]
    assert schema["additionalProperties"] is False
