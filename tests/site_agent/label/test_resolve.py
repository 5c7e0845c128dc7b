"""Each rule of the scope resolver names itself in its evidence."""

import pytest

from site_agent.label.labeler import mentions_in


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("Effusion.", ["there"]),
        ("No effusion.", ["denial"]),
        ("Effusion is not seen.", ["denied"]),
        ("Possible effusion.", ["doubt"]),
        ("Effusion is possible.", ["doubt"]),
        ("Effusion or edema.", ["alternative", "alternative"]),
        ("Heart is enlarged.", ["state"]),
        ("Evaluate for effusion.", []),
        ("Fractures may not be seen.", []),
    ],
)
def test_rule_of_a_sentence(text: str, rules: list[str]) -> None:
    assert [mention.rule for mention in mentions_in(text)] == rules


def test_cue_reaches_no_further_than_its_statement() -> None:
    text = "No effusion, however there is edema and possible pneumonia."
    assert [mention.rule for mention in mentions_in(text)] == [
        "denial",
        "there",
        "doubt",
    ]
