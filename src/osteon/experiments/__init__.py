"""Every experiment of the evidence as values of parameters of one SBML model, for other programs."""
