"""In English too, dates and numbers are written as in Bolivia: a figure read two ways is read wrong once a day.

Only what is made of words changes: "diciembre de 2026" is "December 2026".
"""

from callcenter.formats.es.formats import *

YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
