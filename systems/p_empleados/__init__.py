"""P_EMPLEADOS: internal numbers."""
