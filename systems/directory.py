"""The outside systems: the code each goes by, in settings and addresses, and its name as the procedure has it."""

from __future__ import annotations

SYSTEMS: dict[str, str] = {
    "smartflex": "Smartflex",
    "lbc": "LBC (Smartflex)",
    "c_cli4g": "C_CLI4G (Smartflex)",
    "ccvp": "CCVP Prepagos (Smartflex)",
    "gsi": "GSI",
    "pac": "PAC",
    "guiatel": "Guiatel",
    "guia_comercial": "Guía Comercial",
    "p_empleados": "P_EMPLEADOS",
    "boliviatel": "Boliviatel",
    "btel2": "Btel2 (Logistic One)",
    "mio": "MIO",
    "qbc": "QBC",
    "nocc": "NOCC",
    "sector_mail": "Correo de los sectores",
}


def name_of(system: str) -> str:
    """What people call a system; a code nobody knows is called by itself."""
    return SYSTEMS.get(system, system)
