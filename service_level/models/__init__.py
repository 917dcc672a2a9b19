"""Working time, and the indicator owed to the regulator: what it is counted by, and what came of it."""

from service_level.models.asternic import AsternicDifference, AsternicExport
from service_level.models.indicator import Formula, LineFigure, MeasuredQueue, MonthForecast
from service_level.models.seals import MonthSeal, SealOrder
from service_level.models.staffing import ForecastTrial, StaffingNeed, StaffingPolicy, StaffingRun
from service_level.models.working import Holiday, Weekday, WorkingHours

__all__ = [
    "AsternicDifference",
    "AsternicExport",
    "ForecastTrial",
    "Formula",
    "Holiday",
    "LineFigure",
    "MeasuredQueue",
    "MonthForecast",
    "MonthSeal",
    "SealOrder",
    "StaffingNeed",
    "StaffingPolicy",
    "StaffingRun",
    "Weekday",
    "WorkingHours",
]
