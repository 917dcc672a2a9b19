"""Each cell is there once, and found by its key: a refresh adds to those that changed without looking at the others."""

from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0006_what_agents_say_of_a_stretch'),
        ('campaigns', '0024_calls_progressively'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='attemptfigure', name='attempt_figure_of_campaign'),
        migrations.RemoveIndex(model_name='dayfigure', name='day_figure_of_campaign'),
        migrations.AddConstraint(
            model_name='attemptfigure',
            constraint=models.UniqueConstraint(
                'campaign', 'cut', 'day', 'part', Coalesce('agent', 0), 'zone', 'disposition', name='attempt_figure_once'
            ),
        ),
        migrations.AddConstraint(
            model_name='dayfigure',
            constraint=models.UniqueConstraint(
                'campaign', 'cut', 'unit', 'day', 'part', Coalesce('agent', 0), 'zone', name='day_figure_once'
            ),
        ),
        migrations.AddConstraint(
            model_name='figurecell',
            constraint=models.UniqueConstraint(
                'campaign', 'cut', 'unit', 'part', Coalesce('agent', 0), 'zone', 'held_out', name='figure_cell_once'
            ),
        ),
    ]
