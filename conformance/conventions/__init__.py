"""What frameworks' words mean, measured: how a lane is asked, whatever the kind of operator.

`conformance.conventions.lane` measures a lane; the journal's entries are what comes out, and `conformance.report`
shows them. What is asked, and what the answers mean, is the part `conventions` of a kind's package.
"""
