from __future__ import annotations

from gateway.web.answer import lay_out

RUN = "0199aaaa-0000-7000-8000-000000000001"
LINES = "Session diagnosis: Easy.\nPrimary limiter: None.\nPerformance lever: Time.\nNext cue: Again."


def reply(text: str, **changes) -> dict:
    return {"text": text, "facts": [], "charts": [], "sources": [], **changes}


def kinds(blocks) -> list[str]:
    return [block.kind for block in blocks]


def test_the_four_lines_open_the_answer_and_the_rest_follows_the_chart():
    answer = lay_out(reply(f"A preface.\n\n{LINES}\n\nIn detail.\n\nMore."), "coach-rules")
    assert kinds(answer.opening) == ["paragraph", "lines"]
    assert [title for title, _ in answer.opening[1].items] == [
        "Session diagnosis",
        "Primary limiter",
        "Performance lever",
        "Next cue",
    ]
    assert [str(text) for block in answer.rest for _, text in block.items] == ["In detail.", "More."]


def test_without_the_lines_the_first_paragraph_opens():
    answer = lay_out(reply("First.\n\nSecond."), "coach-rules")
    assert [str(block.items[0][1]) for block in answer.opening] == ["First."]
    assert len(answer.rest) == 1


def test_a_list_stays_together():
    answer = lay_out(reply("I cannot.\n\nTry one of these:\n- One\n- Two"), "coach-rules")
    assert kinds(answer.rest) == ["paragraph", "list"]
    assert [str(text) for _, text in answer.rest[1].items] == ["One", "Two"]


def test_an_empty_text_is_an_empty_answer():
    answer = lay_out(reply(""), "coach-rules")
    assert answer.opening == answer.rest == ()


def test_marks_follow_their_text_into_the_blocks():
    facts = [{"id": "load", "label": "load", "text": "59", "source": {"kind": "activity", "id": RUN}}]
    text = f"{LINES}\n\nA load of 59."
    start = text.index("59")
    answer = lay_out(
        reply(text, facts=facts, marks=[{"start": start, "end": start + 2, "factId": "load"}]), "coach-rules"
    )
    assert '<span class="fact" tabindex="0">59<' in str(answer.rest[0].items[0][1])


def test_the_badge_says_who_worded_it():
    assert lay_out(reply("x"), "coach-rules").badge == "From your data, by rules"
    assert lay_out(reply("x"), "model:some-name").badge == "Worded by a model, numbers checked"


def test_sources_are_named_once_and_lead_to_their_page():
    facts = [{"id": "date", "label": "date", "text": "18 November 2026", "source": {"kind": "activity", "id": RUN}}]
    sources = [
        {"kind": "activity", "id": RUN},
        {"kind": "athlete", "id": "heart-rate"},
        {"kind": "athlete", "id": "threshold"},
        {"kind": "definition", "id": "coach-rules"},
    ]
    lines = lay_out(reply("x", facts=facts, sources=sources), "coach-rules").sources
    assert [(line.text, line.address) for line in lines] == [
        ("Your run of 18 November 2026", f"/runs/{RUN}"),
        ("Your profile", "/account"),
        ("How Pace42 defines and works it out", None),
    ]
