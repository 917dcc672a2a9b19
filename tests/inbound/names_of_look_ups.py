LOOK_UPS = (
    *("smartflex.customer", "smartflex.damages", "smartflex.account", "smartflex.orders", "pac.certificates"),
    *("guiatel.search", "guia_comercial.search", "p_empleados.search", "boliviatel.search", "btel2.balance"),
    *("mio.line", "c_cli4g.line", "gsi.code", "house.installation_term", "house.public_phone_window"),
)
