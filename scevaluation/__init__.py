"""Evaluate a regency's smart-city programme: rounds in, honest verdicts and shareable reports out."""

__version__ = "0.1.0"
