"""The parts of the evaluation report, in the order of its questions."""
