"""Read values of headers that real devices wrote, quietly.

pydicom shows the value it stumbles over in its warnings, and such a value may be a
name. Everything here that touches a header does so inside `quiet`.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from pydicom import config
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.multival import MultiValue

UNREADABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BytesLengthException,
    EOFError,
    InvalidDicomError,
    LookupError,
    OSError,
    RuntimeError,  # with RecursionError and NotImplementedError
    TypeError,
    ValueError,
    struct.error,
)
"""What pydicom raises over a damaged file, header or value."""

_PADDING = " \t\r\n\0"


@contextmanager
def quiet() -> Iterator[None]:
    """Let pydicom read and write what is not conformant, and say nothing about it."""
    settings, logger = config.settings, config.logger
    modes = settings.reading_validation_mode, settings.writing_validation_mode
    disabled = logger.disabled
    settings.reading_validation_mode = config.IGNORE
    settings.writing_validation_mode = config.IGNORE
    logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        settings.reading_validation_mode, settings.writing_validation_mode = modes
        logger.disabled = disabled


def texts_of(dataset: Dataset, attribute: str | int) -> tuple[str, ...]:
    """Every value of an attribute as text; empty where it is absent or unreadable."""
    with quiet():
        try:
            value = dataset[attribute].value
            if value is None:
                return ()
            values = value if isinstance(value, MultiValue | list) else [value]
            return tuple(_text(each).strip(_PADDING) for each in values)
        except UNREADABLE:
            return ()


def text_of(dataset: Dataset, attribute: str | int) -> str:
    """Give the first value of an attribute as text; empty where there is none."""
    return next(iter(texts_of(dataset, attribute)), "")


def number_of(dataset: Dataset, attribute: str | int) -> int:
    """Give the first value of an attribute as a whole number; 0 where there is none."""
    try:
        return int(float(text_of(dataset, attribute)))
    except (ValueError, OverflowError):
        return 0


def items_of(dataset: Dataset, keyword: str) -> tuple[Dataset, ...]:
    """Every item of a sequence; empty where it is absent, unreadable or no sequence."""
    with quiet():
        try:
            value = dataset.get(keyword)
            return tuple(item for item in value or () if isinstance(item, Dataset))
        except UNREADABLE:
            return ()


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
