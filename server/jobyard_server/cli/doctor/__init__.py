"""`jobyard doctor`: what is configured, what answers, what is wrong and what to do."""
