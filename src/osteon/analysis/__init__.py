"""One model many times over: with other parameters, or with edges taken away."""
