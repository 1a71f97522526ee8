"""Ablation: the claims that are lost when one edge of a model is removed or reversed."""
