"""Notebooks run with parameters, made into pages that can be shared."""
