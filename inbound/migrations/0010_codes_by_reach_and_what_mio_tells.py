"""Codes of countries are a topic of their own: by its length the code of the United States looked like a city's."""

from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Length

ONE_DIGIT_ABROAD = ("Estados Unidos", "Canadá")


def part(apps, schema_editor):
    codes = apps.get_model("inbound", "Content").objects.filter(topic="codes").annotate(digits=Length("code"))
    codes.filter(Q(digits__gt=1) | Q(name__in=ONE_DIGIT_ABROAD)).update(topic="countries")


def join(apps, schema_editor):
    content = apps.get_model("inbound", "Content").objects
    content.filter(topic="countries").update(topic="codes")


class Migration(migrations.Migration):

    dependencies = [
        ('inbound', '0009_watched_repairs'),
    ]

    operations = [
        migrations.AlterField(
            model_name='content',
            name='topic',
            field=models.CharField(choices=[('decoder', 'guía del decodificador (4522222.6)'), ('plans', 'planes y precios (4522222.7)'), ('codes', 'códigos de ciudades de Bolivia (800131313.7)'), ('countries', 'códigos de países (800131313.7)'), ('mio', 'MIO: cómo se marca y consultas generales (800130001.8)'), ('offices', 'oficinas y horarios (800130001.5.1)')], max_length=12, verbose_name='tema'),
        ),
        migrations.AlterField(
            model_name='contentevent',
            name='topic',
            field=models.CharField(choices=[('decoder', 'guía del decodificador (4522222.6)'), ('plans', 'planes y precios (4522222.7)'), ('codes', 'códigos de ciudades de Bolivia (800131313.7)'), ('countries', 'códigos de países (800131313.7)'), ('mio', 'MIO: cómo se marca y consultas generales (800130001.8)'), ('offices', 'oficinas y horarios (800130001.5.1)')], max_length=12, verbose_name='tema'),
        ),
        migrations.RunPython(part, join),
    ]
