"""Whoever puts another link on a wallboard is told of, by whatever way: the link opens a page without signing in."""

from django.db import migrations

TOLD = """
CREATE TRIGGER audit_tell AFTER UPDATE OF sha256 ON public.control_room_wallboard FOR EACH ROW
  WHEN (OLD.sha256 IS DISTINCT FROM NEW.sha256) EXECUTE FUNCTION public.audit_tell('sha256');
CREATE TRIGGER audit_tell_new AFTER INSERT ON public.control_room_wallboard FOR EACH ROW
  EXECUTE FUNCTION public.audit_tell('sha256');
"""


class Migration(migrations.Migration):
    dependencies = [("control_room", "0008_searches"), ("agents", "0017_who_is_admitted_and_what_is_told")]

    operations = [
        migrations.RunSQL(
            TOLD,
            "DROP TRIGGER audit_tell ON public.control_room_wallboard;"
            " DROP TRIGGER audit_tell_new ON public.control_room_wallboard;",
        )
    ]
