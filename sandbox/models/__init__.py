"""What the played systems know, and the book of what was done with them."""

from sandbox.models.book import Deed, Knob, Sowing
from sandbox.models.customers import Customer, Product
from sandbox.models.directories import Certificate, CommercialEntry, DirectoryEntry, Employee
from sandbox.models.lines import DialCode, FijacomLine, LongDistanceCustomer, MioLine
from sandbox.models.work import Damage, Invoice, WorkOrder

__all__ = [
    "Certificate",
    "CommercialEntry",
    "Customer",
    "Damage",
    "Deed",
    "DialCode",
    "DirectoryEntry",
    "Employee",
    "FijacomLine",
    "Invoice",
    "Knob",
    "LongDistanceCustomer",
    "MioLine",
    "Product",
    "Sowing",
    "WorkOrder",
]
