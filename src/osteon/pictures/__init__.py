"""Figures: time courses, charts, tiles and network diagrams."""
