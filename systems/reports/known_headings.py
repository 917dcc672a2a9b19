"""The headings under which the exports are known to name their columns, the usual one first.

Defaults of the alias table: a site adds its own in the admin.
"""

CCVP: dict[str, tuple[str, ...]] = {
    "contract": ("CONTRATO", "NRO_CONTRATO", "NUMERO DE CONTRATO", "N° CONTRATO", "NUM_CONTRATO", "CONTRACT"),
    "service_number": (
        "NRO_SERVICIO",
        "NUMERO DE SERVICIO",
        "N° SERVICIO",
        "NUM_SERVICIO",
        "SERVICIO_NRO",
        "NRO_PRODUCTO",
        "PRODUCTO_ID",
        "ID_PRODUCTO",
    ),
    "name": ("CLIENTE", "NOMBRE", "NOMBRE CLIENTE", "NOMBRE DEL CLIENTE", "NOMBRE COMPLETO", "TITULAR", "RAZON SOCIAL"),
    "identity_card": (
        "CI_NIT",
        "CI",
        "NIT",
        "CARNET",
        "CARNET DE IDENTIDAD",
        "CEDULA",
        "CEDULA DE IDENTIDAD",
        "DOCUMENTO",
        "NRO_DOCUMENTO",
        "IDENTIFICACION",
    ),
    "telephone_1": ("TELEFONO_1", "TELEFONO", "TELEFONO FIJO", "TELEFONO DOMICILIO", "FONO", "FONO_1", "TEL"),
    "telephone_2": (
        "TELEFONO_2",
        "TELEFONO ALTERNATIVO",
        "TELEFONO OFICINA",
        "TELEFONO REFERENCIA",
        "FONO_2",
        "CELULAR_2",
        "CEL_2",
    ),
    "mobile": (
        "CELULAR",
        "TELEFONO_CELULAR",
        "NRO_CELULAR",
        "MOVIL",
        "TELEFONO MOVIL",
        "CEL",
        "CELULAR_1",
        "CEL_1",
        "TELEFONO_3",
    ),
    "product": ("PRODUCTO", "SERVICIO", "TIPO_SERVICIO", "TIPO DE SERVICIO", "TIPO_PRODUCTO", "TIPO DE PRODUCTO"),
    "plan": ("PLAN", "PLAN COMERCIAL", "PLAN_TARIFARIO", "DESCRIPCION PLAN", "PAQUETE"),
    "due_on": (
        "FECHA_VENCIMIENTO",
        "FECHA DE VENCIMIENTO",
        "VENCIMIENTO",
        "FEC_VENC",
        "FECHA_VENC",
        "FECHA VTO",
        "VENCE",
        "FECHA_EXPIRACION",
        "FECHA FIN",
    ),
    "amount": ("MONTO", "MONTO_BS", "MONTO A PAGAR", "IMPORTE", "IMPORTE BS", "PRECIO", "TARIFA", "TOTAL A PAGAR"),
    "zone": ("ZONA", "BARRIO", "SECTOR", "LOCALIDAD"),
    "address": ("DIRECCION", "DIRECCION DE INSTALACION", "DOMICILIO", "DIRECCION CLIENTE"),
    "segment": ("SEGMENTO", "SEGMENTO CLIENTE", "CATEGORIA", "CATEGORIA CLIENTE"),
    "currency": ("MONEDA", "TIPO_MONEDA", "TIPO DE MONEDA", "COD_MONEDA", "DIVISA"),
}

RECAUDO: dict[str, tuple[str, ...]] = {
    "receipt": (
        "NRO_RECIBO",
        "RECIBO",
        "NUMERO DE RECIBO",
        "N° RECIBO",
        "NUM_RECIBO",
        "NRO_COMPROBANTE",
        "COMPROBANTE",
        "NRO_FACTURA",
        "NRO_TRANSACCION",
        "TRANSACCION",
    ),
    "contract": CCVP["contract"],
    "service_number": CCVP["service_number"],
    "product": CCVP["product"],
    "paid_on": ("FECHA_PAGO", "FECHA DE PAGO", "FEC_PAGO", "FECHA_COBRO", "FECHA DE COBRO", "FECHA_RECAUDO", "FECHA"),
    "amount": ("MONTO", "MONTO_BS", "MONTO PAGADO", "MONTO COBRADO", "IMPORTE", "IMPORTE BS", "IMPORTE PAGADO"),
    "channel": ("CANAL", "CANAL DE PAGO", "MEDIO_PAGO", "MEDIO DE PAGO", "FORMA DE PAGO", "ENTIDAD", "CAJA"),
    "status": ("ESTADO", "ESTADO_RECIBO", "ESTADO DEL RECIBO", "ESTADO_PAGO", "SITUACION", "ANULADO", "ANULADA"),
    "currency": CCVP["currency"],
}

HEADINGS = {"ccvp": CCVP, "recaudo": RECAUDO}
REQUIRED: dict[str, tuple[str, ...]] = {
    "ccvp": ("contract", "service_number", "product", "due_on", "amount"),
    "recaudo": ("receipt", "contract", "paid_on", "amount"),
}
