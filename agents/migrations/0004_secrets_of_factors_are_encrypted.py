from allauth.mfa.adapter import get_adapter
from django.db import migrations

from agents.factor_secrets import SECRETS


def encrypt(apps, schema_editor):
    """What was kept as it is, before there were keys."""
    adapter = get_adapter()
    for factor in apps.get_model("mfa", "Authenticator").objects.select_for_update():
        for name in SECRETS:
            if name in factor.data:
                factor.data[name] = adapter.encrypt(factor.data[name])
        factor.save(update_fields=["data"])


def decrypt(apps, schema_editor):
    adapter = get_adapter()
    for factor in apps.get_model("mfa", "Authenticator").objects.select_for_update():
        for name in SECRETS:
            if name in factor.data:
                factor.data[name] = adapter.decrypt(factor.data[name])
        factor.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0003_begin_with_services_and_reasons"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(encrypt, decrypt)]
