"""Mechanisms as text: Antimony compiled to SBML, and SBML read, joined and taken apart."""
