"""The demonstration: a coordinator and its hospitals on one machine, story and all.

`story` tells it, chapter by chapter, with the real command line programs that
`programs` runs; `residue` searches what they wrote for planted identifiers; `summary`
collects the figures.
"""
