"""Osteon: an executable evidence base for bone biology."""

__version__ = "0.1.0"
