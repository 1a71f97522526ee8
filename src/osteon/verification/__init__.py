"""What a model makes of the evidence: verification, scorecards, and what they belong to."""
