"""Another secret of a token is told, whoever puts it there: with it one acts for a person."""

from django.db import migrations

TOLD = """
CREATE TRIGGER audit_tell AFTER UPDATE OF secret_sha256 ON public.api_token FOR EACH ROW
  WHEN (OLD.secret_sha256 IS DISTINCT FROM NEW.secret_sha256) EXECUTE FUNCTION public.audit_tell('secret_sha256')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0013_what_opens_an_account_is_told"),
        ("api", "0001_initial"),
    ]

    operations = [migrations.RunSQL(TOLD, "DROP TRIGGER audit_tell ON public.api_token")]
