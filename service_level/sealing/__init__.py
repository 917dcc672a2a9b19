"""The indicator of a month is sealed: figures, formula and evidence, each revision chained to the one before."""
