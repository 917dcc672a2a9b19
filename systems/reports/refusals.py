"""Why a file is not read: one code and one sentence for each reason."""

from typing import Any


def gettext_noop(text: str) -> str:
    """Mark a sentence for translation. Django's own asks for settings, which the reading process does without."""
    return text


SENTENCES = {
    "empty": gettext_noop("El archivo está vacío."),
    "file_too_big": gettext_noop("El archivo pesa %(size)s MB y se aceptan hasta %(most)s MB."),
    "encrypted": gettext_noop("El archivo está protegido con contraseña: guárdelo sin contraseña y vuelva a enviarlo."),
    "web_page": gettext_noop(
        "El archivo es una página web con nombre de hoja de cálculo: ábralo y guárdelo como libro de Excel (.xlsx)."
    ),
    "not_a_workbook": gettext_noop("El archivo comprimido no es una hoja de cálculo (xlsx, xls u ods)."),
    "not_a_table": gettext_noop("El archivo no es una hoja de cálculo (xlsx, xls, ods) ni un texto separado (csv)."),
    # its `detail` is for whoever reads the log
    "damaged": gettext_noop(
        "El archivo está dañado o llegó incompleto y no se pudo leer: vuelva a exportarlo y envíelo otra vez."
    ),
    "bomb": gettext_noop("El archivo se infla demasiado al abrirlo: no se leyó por seguridad (%(detail)s)."),
    "entities": gettext_noop("El archivo declara entidades XML, que un reporte no necesita: no se leyó por seguridad."),
    "too_big": gettext_noop("El archivo necesita demasiada memoria: quizás una celda lejana ocupa toda la hoja."),
    "too_slow": gettext_noop("El archivo tardó demasiado en leerse y se detuvo."),
    "too_many_rows": gettext_noop("El archivo pasa de %(most)s filas."),
    "line_too_long": gettext_noop("La fila %(line)s no termina nunca: el archivo no es un texto separado."),
    "broken_quotes": gettext_noop("En la fila %(line)s hay unas comillas que no se cierran."),
    "only_hidden": gettext_noop(
        "Solo una hoja oculta tiene datos: muéstrela, o envíe el libro con la hoja del reporte a la vista."
    ),
    "report_hidden": gettext_noop(
        "Los títulos del reporte y sus %(rows)s filas están en una hoja oculta: muéstrela y vuelva a enviar el libro."
    ),
    "no_header": gettext_noop(
        "No se encontró una fila de títulos al comienzo del archivo. Se buscaron las columnas: %(missing)s."
    ),
    "missing_columns": gettext_noop(
        "Faltan columnas: %(missing)s. En la fila %(row)s se encontraron: %(found)s. "
        "Tienen un título que no se conoce las columnas: %(strange)s."
    ),
}


class ReportRefused(Exception):
    """The file cannot be read as a report, now or later. `code` is one of SENTENCES; `str()` is the sentence.

    The sentence is mailed: `words` are places, counts and headings of ours, never what a cell says.
    """

    def __init__(self, code: str, **words: Any) -> None:
        super().__init__(code, words)
        self.code = code
        self.words = words

    def __str__(self) -> str:
        from django.utils.translation import gettext  # a third of the reading process's start, which never says it

        return gettext(SENTENCES[self.code]) % self.words
