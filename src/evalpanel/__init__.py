"""evalpanel: a tender evaluation panel's whole job, on laptops without a network.

Load a tender pack, read the bids, score them against outcome criteria, moderate the scores to a reasoned consensus,
and send every bidder a signed letter that explains its result.
"""

__version__ = "0.1.0"
