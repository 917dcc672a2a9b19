"""No two shifts of an agent, and no two stretches of one, lie over each other.

Added after the tables, so that "one that lasts" is looked at first: of two that begin at the same moment the second waits
there. At an exclusion both would wait for each other.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0001_initial'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='shift',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('agent'), models.F('agent'), models.Value('[]'), function='int8range', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('began_at'), models.F('ended_at'), function='tstzrange', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='shifts_of_an_agent_do_not_overlap'),
        ),
        migrations.AddConstraint(
            model_name='agentstate',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('agent'), models.F('agent'), models.Value('[]'), function='int8range', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('began_at'), models.F('ended_at'), function='tstzrange', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='states_of_an_agent_do_not_overlap'),
        ),
    ]
