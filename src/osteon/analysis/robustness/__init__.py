"""Robustness: how often each claim holds over the plausible values of the parameters."""
