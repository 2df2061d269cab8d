"""Answers given before this system asked: a table's rows as responses to a published survey."""
