"""What the switchboard can tell of a call proposes a result a centre begins with; what was edited stays."""

from django.db import migrations

PROPOSED_BY = {"voicemail": "MACHINE", "out_of_service": "UNALLOCATED", "hung_up": "REJECTED"}


def propose(apps, schema_editor):
    disposition = apps.get_model("campaigns", "Disposition")
    for code, word in PROPOSED_BY.items():
        disposition.objects.filter(code=code, pbx_result="").update(pbx_result=word)


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0022_attempts_know_what_the_switchboard_was_asked'),
    ]

    operations = [migrations.RunPython(propose, migrations.RunPython.noop)]
