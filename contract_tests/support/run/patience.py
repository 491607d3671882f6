"""How long tests wait for what is bound to happen, on a machine that has much else to do."""

SECONDS = 90.0  # less than the limit of one test, so that what did not happen is named
