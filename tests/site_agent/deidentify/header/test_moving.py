"""Dates and times move together, by what is the patient's own, and keep intervals."""

from __future__ import annotations

import datetime as dt
import io

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

from site_agent.deidentify.dictionary import tags
from site_agent.deidentify.header.moving import Shift, moved, shift_of, time_of
from site_agent.deidentify.header.options import Dates, Option, Options
from tests.site_agent.deidentify.both_ways import PSEUDONYMS, as_bytes, by_both
from tests.site_agent.deidentify.chest_film import again, chest_film, item

HOUR = 3_600_000_000
SIX_HOURS = Shift(100, 6 * HOUR)
DAYS = Shift(100)
TIMES = Options(Dates.SHIFT_WITH_TIMES)
moments = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1))  # noqa: DTZ001
shifts = st.builds(Shift, st.integers(30, 3650), st.integers(1, 24 * HOUR - 1))


def clean(film: Dataset, options: Options = TIMES) -> Dataset:
    """Clean a film both ways, compare, and read it."""
    content = as_bytes(film)
    result = by_both(content, options)
    return pydicom.dcmread(io.BytesIO(result))


@pytest.mark.parametrize(
    ("vr", "value", "time", "after"),
    [
        ("DA", "20170815", "101522", "20170507"),
        ("DA", "20170815", "055959.999999", "20170506"),
        ("DA", "20170815", "06", "20170507"),
        ("DA", "20170815", "", "20170507"),
        ("DA", "20170815", "about noon", "20170507"),
        ("DA", "2017.08.15", "05:59:59", "20170506"),
        ("TM", "101522", "", "041522"),
        ("TM", "0315", "", "2115"),
        ("TM", "03", "", "21"),
        ("TM", "03:15:07.5", "", "211507.5"),
        ("TM", "235960", "", "180000"),
        ("DT", "20170815", "", "20170507"),
        ("DT", "201708150315", "", "201705062115"),
        ("DT", "20170815101522.25+0200", "", "20170507041522.25"),
    ],
)
def test_value_moves_at_its_precision(
    vr: str, value: str, time: str, after: str
) -> None:
    assert moved(vr, [value], [time] if time else [], SIX_HOURS) == [after]


@pytest.mark.parametrize(
    ("vr", "value"),
    [
        ("DA", "Reuter"),
        ("DA", ""),
        ("DA", "00010101"),
        ("TM", "2515"),
        ("TM", "1060"),
        ("TM", "101522.1234567"),
        ("TM", ""),
        ("DT", "201708"),
    ],
)
def test_what_is_no_date_or_time_does_not_stay(vr: str, value: str) -> None:
    assert moved(vr, [value], [], SIX_HOURS) is None


def test_times_of_day_go_where_days_alone_move() -> None:
    assert moved("TM", ["101522"], [], DAYS) is None
    assert moved("DT", ["20170815031522"], [], DAYS) == ["20170507"]
    assert moved("DA", ["20170815"], ["0001"], DAYS) == ["20170507"]


def test_each_of_several_dates_has_its_own_time() -> None:
    days, times = ["20170815", "20170815"], ["05", "07"]
    assert moved("DA", days, times, SIX_HOURS) == ["20170506", "20170507"]
    # Nobody can tell which date a single time belongs to.
    assert moved("DA", days, ["05"], SIX_HOURS) == ["20170507", "20170507"]


@given(first=moments, second=moments, shift=shifts)
def test_interval_between_two_moments_stays(
    first: dt.datetime, second: dt.datetime, shift: Shift
) -> None:
    def after(moment: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
        day, time = moment.strftime("%Y%m%d"), moment.strftime("%H%M%S.%f")
        apart = (moved("DA", [day], [time], shift), moved("TM", [time], [], shift))
        assert apart[0]
        assert apart[1]
        together = moved("DT", [day + time], [], shift)
        assert together
        form = "%Y%m%d%H%M%S.%f"
        return (
            dt.datetime.strptime(apart[0][0] + apart[1][0], form),  # noqa: DTZ007
            dt.datetime.strptime(together[0], form),  # noqa: DTZ007
        )

    one, same = after(first)
    other, same_other = after(second)
    assert other - one == same_other - same == second - first
    assert one == same == first - dt.timedelta(shift.days, 0, shift.part)


def test_every_date_of_the_dictionary_finds_its_time() -> None:
    known = tags()
    assert time_of(known["StudyDate"]) == known["StudyTime"]
    assert time_of(known["DateOfSecondaryCapture"]) == known["TimeOfSecondaryCapture"]
    assert time_of(known["DateOfManufacture"]) is None
    assert time_of(known["StudyTime"]) is None


def test_two_films_of_a_patient_keep_the_time_between_them() -> None:
    before = [("20170815", "235900"), ("20170816", "000130.5")]
    after = []
    for day, time in before:
        film = clean(chest_film(AcquisitionDate=day, AcquisitionTime=time))
        moment = f"{film.AcquisitionDate}{film.AcquisitionTime}".ljust(21, "0")
        after.append(moment)
        assert film.LongitudinalTemporalInformationModified == "MODIFIED"
        codes = [each.CodeValue for each in film.DeidentificationMethodCodeSequence]
        assert codes == ["113100", "113107"]
    form = "%Y%m%d%H%M%S.%f"
    one, other = (
        dt.datetime.strptime(each if "." in each else f"{each[:14]}.0", form)  # noqa: DTZ007
        for each in after
    )
    assert (other - one).total_seconds() in (150, 150.5, 151)
    assert b"235900" not in as_bytes(film)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_both_ways_agree_where_times_are_missing_several_or_damaged(
    syntax: str,
) -> None:
    for changes in (
        {"StudyTime": None},
        {"StudyTime": "Reuter"},
        {"AcquisitionDateTime": "20170815235959.123456+0100"},
        {
            "DateOfLastCalibration": ["20170101", "20170102"],
            "TimeOfLastCalibration": ["000001", "235959"],
        },
        {"DateOfLastCalibration": "20170101", "TimeOfLastCalibration": ["1", "2"]},
    ):
        for others in (frozenset[Option](), frozenset({Option.DEVICE_IDENTITY})):
            film = again(chest_film(**changes), syntax)
            del film[0x00080033]  # ContentTime
            film.add_new(0x00080033, "LO", "101522")
            clean(film, Options(Dates.SHIFT_WITH_TIMES, others))


def test_date_in_an_item_has_the_time_of_its_item() -> None:
    step = item(
        PerformedProcedureStepStartDate="20170815",
        PerformedProcedureStepStartTime="000001",
    )
    shift = shift_of(
        PSEUDONYMS.patient("K18-95938", "Klinikum Sebnitz"), PSEUDONYMS, TIMES
    )
    film = chest_film(
        PerformedProcedureStepStartDate="20170815",
        PerformedProcedureStepStartTime="235959",
        ViewCodeSequence=[step],
    )
    after = clean(film)
    outer = moved("DA", ["20170815"], ["235959"], shift)
    assert [after.PerformedProcedureStepStartDate] == outer
    inner = after.ViewCodeSequence[0].PerformedProcedureStepStartDate
    assert [inner] == moved("DA", ["20170815"], ["000001"], shift)
