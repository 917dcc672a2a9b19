"""Addresses of the reports."""

from django.urls import URLPattern, URLResolver, path

from campaigns.intake.views import changes, rejected, reports

urlpatterns: list[URLPattern | URLResolver] = [
    path("", reports.report_list, name="report_list"),
    path("upload/", reports.report_upload, name="report_upload"),
    path("<int:pk>/", reports.report, name="report"),
    path("<int:pk>/progress/", reports.report_progress, name="report_progress"),
    path("<int:pk>/accept/", reports.report_accept, name="report_accept"),
    path("<int:pk>/read-again/", reports.report_read_again, name="report_read_again"),
    path("<int:pk>/fill-up/", reports.report_fill_up, name="report_fill_up"),
    path("<int:pk>/discard/", reports.report_discard, name="report_discard"),
    path("<int:pk>/withdraw/", reports.report_withdraw, name="report_withdraw"),
    path("<int:pk>/changes/", changes.report_changes, name="report_changes"),
    path("<int:pk>/changes/export/", changes.report_changes_export, name="report_changes_export"),
    path("<int:pk>/rejected/", rejected.rejected_rows, name="rejected_rows"),
    path("<int:pk>/rejected/export/", rejected.rejected_rows_export, name="rejected_rows_export"),
    path("<int:pk>/rejected/dismiss/", rejected.rejected_rows_dismiss, name="rejected_rows_dismiss"),
    path("rejected/<int:pk>/admit/", rejected.rejected_row_admit, name="rejected_row_admit"),
    path("rejected/<int:pk>/dismiss/", rejected.rejected_row_dismiss, name="rejected_row_dismiss"),
]
