"""A synthetic hospital: chest films and reports, full of made-up identifiers.

`film` draws, `people` invents who was there, `letter` writes the reading, `header`
fills the DICOM attributes, `plan` decides who comes and what is odd, `inbox` lays the
export out on disk and `key` writes the truth beside it. The programs read none of this.
"""
