"""What a corpus covers.

`lattice` counts each value of each parameter by direction and dtype, whatever the kind of operator. Of convolutions
`relations` says which classes a call is of, `rules` which classes exclude one another, `array` which pairs and triples
of classes a corpus witnesses, and `completion` finds small calls for those that it does not; `chapter` writes them.
"""
