"""Measuring what requests cost."""
