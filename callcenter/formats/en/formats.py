"""In English too, dates and numbers are written as in Bolivia: a figure read two ways is read wrong once a day."""

from callcenter.formats.es.formats import *
