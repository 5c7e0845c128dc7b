"""How far a cue reaches, one phenomenon of radiologists' language at a time."""

import pytest

from protos.statistics_pb2 import Assertion, Observation
from site_agent.label import label_text

VALUES = {Assertion.POSITIVE: "1", Assertion.NEGATIVE: "0", Assertion.UNCERTAIN: "?"}
SHORT = {
    Observation.ENLARGED_CARDIOMEDIASTINUM: "mediastinum",
    Observation.CARDIOMEGALY: "heart",
    Observation.LUNG_LESION: "lesion",
    Observation.LUNG_OPACITY: "opacity",
    Observation.EDEMA: "edema",
    Observation.CONSOLIDATION: "consolidation",
    Observation.PNEUMONIA: "pneumonia",
    Observation.ATELECTASIS: "atelectasis",
    Observation.PNEUMOTHORAX: "pneumothorax",
    Observation.PLEURAL_EFFUSION: "effusion",
    Observation.PLEURAL_OTHER: "pleura",
    Observation.FRACTURE: "fracture",
    Observation.SUPPORT_DEVICES: "device",
}


def said(text: str) -> set[str]:
    """Give what a text asserts: ``1effusion``, ``0edema``, ``?pneumonia``."""
    return {
        VALUES[assertion] + SHORT[observation]
        for observation, assertion in label_text(text, "").items()
        if assertion in VALUES and observation in SHORT
    }


def check(text: str, labels: str) -> None:
    assert said(text) == set(labels.split())


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("No effusion, however there is edema.", "0effusion 1edema"),
        ("No pneumothorax, but small left effusion.", "0pneumothorax 1effusion"),
        ("No pneumothorax, small left effusion.", "0pneumothorax 1effusion"),
        ("No acute abnormality except for mild atelectasis.", "1atelectasis"),
        ("Atelectasis, otherwise no consolidation.", "1atelectasis 0consolidation"),
        ("No effusion is seen and atelectasis is present.", "0effusion 1atelectasis"),
        ("No rib fracture, with persistent atelectasis.", "0fracture 1atelectasis"),
        ("Without effusion, the lungs show mild edema.", "0effusion 1edema"),
        ("No focal consolidation; small effusions.", "0consolidation 1effusion"),
    ],
)
def test_denial_ends_where_a_statement_begins(text: str, labels: str) -> None:
    check(text, labels)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("No consolidation, effusion, or edema.", "0consolidation 0effusion 0edema"),
        ("Neither effusion nor pneumothorax.", "0effusion 0pneumothorax"),
        ("Clear of infiltrate or effusion.", "0opacity 0effusion"),
        ("Possible effusion and edema.", "?effusion ?edema"),
        ("Effusion and pneumothorax are absent.", "0effusion 0pneumothorax"),
        ("Differential includes pneumonia and edema.", "?pneumonia ?edema"),
        ("No mass or consolidation to suggest malignancy.", "0lesion 0consolidation"),
    ],
)
def test_list_stands_under_one_cue(text: str, labels: str) -> None:
    check(text, labels)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("No change in the small effusion.", "1effusion"),
        ("No interval increase in edema.", "1edema"),
        (
            "No significant change in atelectasis and effusions.",
            "1atelectasis 1effusion",
        ),
        ("The effusion has not changed.", "1effusion"),
        ("Near complete resolution of the edema.", "1edema"),
        ("Partially resolved effusion.", "1effusion"),
        ("No worsening of edema.", "1edema"),
        ("The nodule is not seen on the lateral view.", "1lesion"),
    ],
)
def test_what_negates_a_change_denies_nothing(text: str, labels: str) -> None:
    check(text, labels)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("No doubt there is consolidation.", "1consolidation"),
        ("Not only effusion but also atelectasis.", "1effusion 1atelectasis"),
        ("Lungs are not without consolidation.", "1consolidation"),
    ],
)
def test_double_and_false_negation(text: str, labels: str) -> None:
    check(text, labels)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Cannot exclude pneumonia.", "?pneumonia"),
        ("Pneumonia cannot be entirely excluded.", "?pneumonia"),
        ("A small effusion is difficult to exclude.", "?effusion"),
        ("Effusion not excluded.", "?effusion"),
        ("No effusion, but pneumonia not excluded.", "0effusion ?pneumonia"),
    ],
)
def test_what_cannot_be_excluded_is_in_doubt(text: str, labels: str) -> None:
    check(text, labels)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Opacity may represent pneumonia.", "1opacity ?pneumonia"),
        ("Left opacity is likely due to atelectasis.", "1opacity ?atelectasis"),
        ("Opacity concerning for pneumonia.", "1opacity ?pneumonia"),
        ("Consolidation worrisome for pneumonia.", "1consolidation ?pneumonia"),
        ("Opacity representing atelectasis.", "1opacity 1atelectasis"),
        ("Large effusion, possibly due to trauma.", "1effusion"),
        ("Density possibly in the lingula.", "1opacity"),
    ],
)
def test_doubt_binds_to_the_hypothesis(text: str, labels: str) -> None:
    check(text, labels)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Nodule likely represents a nipple shadow.", "?lesion"),
        ("Opacity may be artifact.", "?opacity"),
        ("Dense nodule suggests a granuloma.", "?lesion"),
        ("Density may represent a vessel on end.", "?opacity"),
    ],
)
def test_finding_that_may_be_none_is_in_doubt(text: str, labels: str) -> None:
    check(text, labels)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Vague opacity at the left apex, effusion.", "?opacity 1effusion"),
        ("Poorly defined lung nodule.", "?lesion"),
        ("Borderline cardiomegaly.", "?heart"),
    ],
)
def test_what_is_called_vague_is_in_doubt(text: str, labels: str) -> None:
    check(text, labels)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Atelectasis versus pneumonia.", "?atelectasis ?pneumonia"),
        ("Edema, effusion or atelectasis.", "?edema ?effusion ?atelectasis"),
        ("Atelectasis versus crowding.", "?atelectasis"),
        ("Scar or atelectasis.", "1opacity ?atelectasis"),
        ("Scarring or fibrosis.", "1opacity"),
        ("No change in effusion or edema.", "1effusion 1edema"),
    ],
)
def test_alternatives_are_in_doubt_but_for_what_they_agree_in(
    text: str, labels: str
) -> None:
    check(text, labels)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Pneumothorax is not identified.", "0pneumothorax"),
        ("Pneumothorax: none.", "0pneumothorax"),
        ("The pneumothorax has resolved.", "0pneumothorax"),
        ("Effusion is no longer present.", "0effusion"),
        ("Clearing of the left infiltrate.", "0opacity"),
        ("Pneumonia is unlikely.", "0pneumonia"),
        ("The chest tube has been removed.", "0device"),
        ("Interval removal of the catheter.", "0device"),
        ("No lines or tubes are seen.", "0device"),
        ("There are no lines, tubes or drains.", "0device"),
        ("Overlying leads show a normal heart.", "1device 0heart"),
    ],
)
def test_denial_after_the_finding_and_removal(text: str, labels: str) -> None:
    check(text, labels)


@pytest.mark.parametrize(
    "text",
    [
        "Evaluate for pneumothorax.",
        "History of pneumonia.",
        "Status post treatment for pneumonia.",
        "CT recommended to exclude malignancy.",
        "If there is concern for pneumonia, CT is advised.",
        "Follow up to document resolution of pneumonia.",
        "The patient is at risk for pneumonia.",
        "Subtle fractures may be missed.",
        "Effusion cannot be evaluated.",
    ],
)
def test_what_is_asked_past_or_unseen_is_no_finding(text: str) -> None:
    check(text, "")


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Possible infiltrate.", "?opacity ?consolidation"),
        ("Opacity may represent infiltrate.", "1opacity ?consolidation"),
        ("Left infiltrate.", "1opacity"),
    ],
)
def test_supposed_infiltrate_is_a_supposed_consolidation(
    text: str, labels: str
) -> None:
    check(text, labels)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Pneumonia questioned earlier has resolved.", "0pneumonia"),
        ("Pneumonia on the last film, but now resolved.", "0pneumonia"),
        ("Chest tube removed, no pneumothorax.", "0device 0pneumothorax"),
        ("Effusion has largely resolved.", "1effusion"),
    ],
)
def test_what_was_doubted_or_there_may_be_denied_behind_it(
    text: str, labels: str
) -> None:
    check(text, labels)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Effusions, probably slightly larger than yesterday.", "1effusion"),
        ("Mass, which measured 3 cm in May, now 5 cm.", "1lesion"),
        ("Whether there is a small pneumothorax is hard to say.", "?pneumothorax"),
        ("Either from effusion or from collapse.", "?effusion ?atelectasis"),
        ("Rounded density, hernia or lung mass.", "1opacity ?lesion"),
    ],
)
def test_doubt_is_of_the_finding_and_not_of_its_change(text: str, labels: str) -> None:
    check(text, labels)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("An effusion can neither be confirmed nor excluded.", "?effusion"),
        (
            "Atelectasis is favored over pneumonia, effusion is unlikely.",
            "?atelectasis ?pneumonia 0effusion",
        ),
        ("No nodule: only a mild opacity.", "0lesion 1opacity"),
        ("Possible effusion, not well evaluated.", "?effusion"),
    ],
)
def test_what_is_weighed_is_doubted(text: str, labels: str) -> None:
    check(text, labels)


@pytest.mark.parametrize("how", ["", "confidently", "definitely", "fully", "reliably"])
@pytest.mark.parametrize(
    "text",
    [
        "Pneumonia cannot be {} excluded.",
        "Pneumonia can not be {} ruled out.",
        "Pneumonia is not {} excluded.",
        "Pneumonia has not been {} excluded.",
        "Cannot {} exclude pneumonia.",
        "Could not {} rule out pneumonia.",
        "Unable to {} exclude pneumonia.",
        "The film does not {} exclude pneumonia.",
    ],
)
def test_what_cannot_be_excluded_is_doubted_however_surely(text: str, how: str) -> None:
    check(" ".join(text.format(how).split()), "?pneumonia")


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("A small effusion can be seen.", "1effusion"),
        ("An effusion can be clearly identified.", "1effusion"),
        ("We can see a small effusion.", "1effusion"),
        ("An effusion cannot be seen.", "0effusion"),
        ("An effusion has not been seen.", "0effusion"),
        ("An effusion could not be reliably identified.", "0effusion"),
        ("We can not see an effusion.", "0effusion"),
        ("Edema can be distinguished from pneumonia.", "1edema 1pneumonia"),
        ("Edema can not be distinguished from pneumonia.", "?edema ?pneumonia"),
    ],
)
def test_what_can_be_seen_is_there_and_what_cannot_is_not(
    text: str, labels: str
) -> None:
    check(text, labels)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Nodule, possibly calcified.", "1lesion"),
        ("Healed rib fracture, possibly pathologic.", "1fracture"),
        ("Leads show a normal heart.", "1device 0heart"),
        ("Interstitial markings are normal.", "0opacity"),
    ],
)
def test_quality_and_what_is_shown_are_said_of_nothing_else(
    text: str, labels: str
) -> None:
    check(text, labels)


@pytest.mark.parametrize(
    "how", ["", "now", "clearly", "any longer", "at present definitely", "confidently"]
)
@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Effusion is not {} recognizable.", "0effusion"),
        ("Effusion cannot be {} discerned.", "0effusion"),
        ("The effusion has {} fully cleared.", "0effusion"),
        ("We were unable to {} identify an effusion.", "0effusion"),
        ("A small effusion could be {} seen.", "1effusion"),
        ("The effusion has not {} resolved.", "1effusion"),
        ("Effusion can be {} excluded.", "0effusion"),
        ("Effusion is not {} excluded.", "?effusion"),
    ],
)
def test_adverbs_stand_in_any_cue(text: str, labels: str, how: str) -> None:
    check(" ".join(text.format(how).split()), labels)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Negative for effusion: negative for edema.", "0effusion 0edema"),
        ("The film is negative for effusion.", "0effusion"),
        ("No abnormality save for a small effusion.", "1effusion"),
        ("No effusion, instead moderate edema.", "0effusion 1edema"),
        ("An effusion was seen last week, none is seen today.", "0effusion"),
        ("Effusion can hardly be excluded.", "?effusion"),
        ("The film is not entirely conclusive for pneumonia.", "?pneumonia"),
        ("The effusion is no longer as large.", "1effusion"),
        ("CT would be helpful to look for an effusion.", ""),
        ("Effusion is not assessable.", ""),
    ],
)
def test_rarer_words_say_the_same(text: str, labels: str) -> None:
    check(text, labels)
