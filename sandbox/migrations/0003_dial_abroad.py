from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sandbox', '0002_say_who_asked'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='dialcode',
            name='dial_code_once_a_way',
        ),
        migrations.AddField(
            model_name='dialcode',
            name='reach',
            field=models.CharField(default='national', max_length=8, verbose_name='alcance'),
        ),
        migrations.AlterField(
            model_name='dialcode',
            name='code',
            field=models.CharField(blank=True, max_length=20, verbose_name='código'),
        ),
        migrations.AddConstraint(
            model_name='dialcode',
            constraint=models.UniqueConstraint(fields=('origin', 'destination', 'reach'), name='dial_code_once_a_way'),
        ),
    ]
