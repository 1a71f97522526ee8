"""Many draws of one model at once, in generated C: for ensembles. libroadrunner remains the judge."""
