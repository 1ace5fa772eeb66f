"""Graph and database state to a Plan: which revisions run, in which order, from which rows of the version table."""

from limbeck.plan.make import make_plan, refuse_unknown_rows, with_statements

__all__ = ["make_plan", "refuse_unknown_rows", "with_statements"]
