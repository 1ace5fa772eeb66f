"""The words of limbeck as frozen values, and its errors.  No I/O, standard library only.

What every start-up needs (revisions, faults, errors) lives in modules of its own, which import no dataclass:
the import of `dataclasses` costs as much as the interpreter's own start.
"""
