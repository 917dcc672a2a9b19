import datetime
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import systems.registry
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agents', '0001_initial'),
        ('agents', '__first__'),
        ('escalations', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='ServiceLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=12, unique=True, validators=[django.core.validators.RegexValidator('^[0-9]{3,12}\\Z', 'De 3 a 12 cifras: así la nombran los flujos.')], verbose_name='número')),
                ('name', models.CharField(max_length=80, verbose_name='nombre')),
                ('queue', models.CharField(blank=True, max_length=40, verbose_name='cola de la central')),
                ('greeting', models.TextField(help_text='Se dice al contestar. {agente} es el nombre de quien atiende.', verbose_name='saludo de protocolo')),
                ('farewell', models.TextField(help_text='Se dice al terminar.', verbose_name='despedida de protocolo')),
                ('counts_for_att', models.BooleanField(default=False, help_text='Si sus llamadas entran en el indicador del regulador.', verbose_name='cuenta para la ATT')),
                ('is_active', models.BooleanField(default=True, verbose_name='activa')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='orden')),
            ],
            options={
                'verbose_name': 'línea',
                'verbose_name_plural': 'líneas',
            },
        ),
        migrations.CreateModel(
            name='ServiceLineEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='inbound.serviceline')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('number', models.CharField(max_length=12, validators=[django.core.validators.RegexValidator('^[0-9]{3,12}\\Z', 'De 3 a 12 cifras: así la nombran los flujos.')], verbose_name='número')),
                ('name', models.CharField(max_length=80, verbose_name='nombre')),
                ('queue', models.CharField(blank=True, max_length=40, verbose_name='cola de la central')),
                ('greeting', models.TextField(help_text='Se dice al contestar. {agente} es el nombre de quien atiende.', verbose_name='saludo de protocolo')),
                ('farewell', models.TextField(help_text='Se dice al terminar.', verbose_name='despedida de protocolo')),
                ('counts_for_att', models.BooleanField(default=False, help_text='Si sus llamadas entran en el indicador del regulador.', verbose_name='cuenta para la ATT')),
                ('is_active', models.BooleanField(default=True, verbose_name='activa')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='orden')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='FlowVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='inbound.serviceline', verbose_name='línea')),
                ('version', models.PositiveIntegerField(verbose_name='versión')),
                ('source', models.TextField(help_text='El flujo en YAML, como se publicó.', verbose_name='texto')),
                ('sha256', models.CharField(max_length=64)),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='qué cambió')),
                ('published_at', models.DateTimeField(verbose_name='publicada')),
                ('published_by', models.ForeignKey(blank=True, help_text='Vacío: la que trae el programa.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='por')),
            ],
            options={
                'verbose_name': 'versión de un flujo',
                'verbose_name_plural': 'versiones de flujos',
                'constraints': [models.UniqueConstraint(fields=('line', 'version'), name='flow_version_once')],
            },
        ),
        migrations.CreateModel(
            name='FlowKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='hands_over', to='inbound.flowversion')),
                ('kind', models.ForeignKey(db_column='kind', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='escalations.kind', to_field='code')),
            ],
            options={
                'verbose_name': 'versión de un flujo que lo deriva',
                'verbose_name_plural': 'versiones de flujos que lo derivan',
                'constraints': [models.UniqueConstraint(fields=('version', 'kind'), name='flow_kind_once')],
            },
        ),
        migrations.CreateModel(
            name='FlowDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='draft', to='inbound.serviceline', verbose_name='línea')),
                ('source', models.TextField(verbose_name='texto')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='qué cambia')),
                ('saved_at', models.DateTimeField(verbose_name='guardado')),
                ('saved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='por')),
            ],
            options={
                'verbose_name': 'borrador de un flujo',
                'verbose_name_plural': 'borradores de flujos',
                'constraints': [models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='flow_draft_says_something')],
            },
        ),
        migrations.CreateModel(
            name='FlowDraftEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='inbound.flowdraft')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('line', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='inbound.serviceline', verbose_name='línea')),
                ('source', models.TextField(verbose_name='texto')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='qué cambia')),
                ('saved_at', models.DateTimeField(verbose_name='guardado')),
                ('saved_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='por')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Walk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='walks', to='inbound.serviceline', verbose_name='línea')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inbound.flowversion', verbose_name='flujo')),
                ('agent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='walks', to='agents.agent', verbose_name='agente')),
                ('escalation', models.OneToOneField(blank=True, help_text='La tarjeta que se atiende con el carril de supervisión.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='escalations.escalation', verbose_name='derivación')),
                ('walked_by', models.ForeignKey(blank=True, db_index=False, help_text='De una tarjeta: quien respondió su último paso.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='quien atiende')),
                ('brought', models.JSONField(default=dict, help_text='De una tarjeta: lo que sabía la llamada que la derivó, cuando se empezó a atender.')),
                ('caller_number', models.CharField(blank=True, help_text='E.164, si la central lo da.', max_length=16, verbose_name='número que llama')),
                ('contract', models.CharField(blank=True, max_length=24, verbose_name='contrato')),
                ('customer_name', models.CharField(blank=True, max_length=120, verbose_name='cliente')),
                ('position', models.PositiveIntegerField(default=0)),
                ('draft', models.JSONField(default=dict, help_text='Lo que se escribió en el paso y todavía no se envió.')),
                ('began_at', models.DateTimeField(verbose_name='comenzó')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='terminó')),
                ('result', models.CharField(blank=True, max_length=40, verbose_name='resultado')),
                ('result_label', models.CharField(blank=True, max_length=120, verbose_name='cómo terminó')),
                ('anonymised_at', models.DateTimeField(blank=True, null=True, verbose_name='sin datos personales desde')),
            ],
            options={
                'verbose_name': 'atención',
                'verbose_name_plural': 'atenciones',
                'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['agent'], name='walk_under_way'), models.Index(fields=['-began_at'], name='walk_newest_first'), models.Index(fields=['agent', '-began_at'], name='walk_of_an_agent'), models.Index(condition=models.Q(('anonymised_at__isnull', True)), fields=['began_at'], name='walk_with_personal_data')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('result', '')), models.Q(('ended_at__isnull', False), models.Q(('result', ''), _negated=True)), _connector='OR'), name='walk_ends_with_a_result'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('began_at')), _connector='OR'), name='walk_ends_after_it_began'), models.CheckConstraint(condition=models.Q(models.Q(('agent__isnull', False), ('escalation', None), ('walked_by', None)), models.Q(('agent', None), ('escalation__isnull', False), ('walked_by__isnull', False)), _connector='OR'), name='walk_is_of_an_agent_or_of_a_card')],
            },
        ),
        migrations.CreateModel(
            name='OutsideWrite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='intentos')),
                ('fence', models.PositiveIntegerField(default=0, verbose_name='turno')),
                ('not_before', models.DateTimeField(default=datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), verbose_name='no antes de')),
                ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='en curso hasta')),
                ('parked_at', models.DateTimeField(blank=True, null=True, verbose_name='detenido desde')),
                ('owed_again_at', models.DateTimeField(blank=True, null=True, verbose_name='pedido otra vez')),
                ('last_error', models.TextField(blank=True, verbose_name='último error')),
                ('key', models.CharField(max_length=120, unique=True)),
                ('walk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='writes', to='inbound.walk', verbose_name='atención')),
                ('position', models.PositiveIntegerField(help_text='La pisada de la atención que lo pidió.')),
                ('system', models.CharField(choices=systems.registry.choices, max_length=16, verbose_name='sistema')),
                ('action', models.CharField(max_length=40, verbose_name='operación')),
                ('is_accountable', models.BooleanField(default=False, verbose_name='toca dinero o un SIM')),
                ('payload', models.JSONField(default=dict, verbose_name='datos')),
                ('to_whom', models.CharField(blank=True, help_text='Número de servicio o contrato.', max_length=40, verbose_name='a quién')),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True, verbose_name='monto')),
                ('requester_name', models.CharField(blank=True, max_length=120, verbose_name='quién lo pidió')),
                ('requester_card', models.CharField(blank=True, max_length=24, verbose_name='carnet')),
                ('requester_kinship', models.CharField(blank=True, max_length=40, verbose_name='parentesco')),
                ('state', models.CharField(choices=[('waiting', 'Por enviar'), ('sending', 'Enviándose'), ('done', 'Hecho'), ('refused', 'Rechazado'), ('uncertain', 'Incierto'), ('parked', 'Detenido'), ('by_hand', 'Por hacer a mano'), ('not_done', 'No se hizo')], max_length=9, verbose_name='estado')),
                ('reference', models.CharField(blank=True, max_length=80, verbose_name='referencia')),
                ('owed_at', models.DateTimeField(verbose_name='pedido')),
                ('owed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agente')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='resuelto')),
                ('settled_by', models.ForeignKey(blank=True, help_text='Vacío: el programa.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='resuelto por')),
            ],
            options={
                'verbose_name': 'operación en otro sistema',
                'verbose_name_plural': 'operaciones en otros sistemas',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['not_before'], name='outside_write_waiting'), models.Index(condition=models.Q(('state', 'sending')), fields=['lease_until'], name='outside_write_sending'), models.Index(condition=models.Q(('state__in', ['waiting', 'sending'])), fields=['owed_at'], name='outside_write_under_way'), models.Index(condition=models.Q(('state__in', ['uncertain', 'parked', 'refused', 'by_hand'])), fields=['state'], name='outside_write_for_a_person'), models.Index(fields=['-owed_at'], name='outside_write_newest_first'), models.Index(condition=models.Q(('is_accountable', True)), fields=['owed_by', 'system', 'owed_at'], name='outside_write_of_a_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', False), ('state', 'sending')), models.Q(models.Q(('state', 'sending'), _negated=True), ('lease_until__isnull', True)), _connector='OR'), name='outside_write_lease_while_sending'), models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', False), ('state__in', ['done', 'not_done'])), models.Q(models.Q(('state__in', ['done', 'not_done']), _negated=True), ('settled_at__isnull', True)), _connector='OR'), name='outside_write_settled_has_its_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(('reference', ''), _negated=True), _connector='OR'), name='outside_write_done_has_its_reference'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'uncertain'), _negated=True), ('is_accountable', True), _connector='OR'), name='outside_write_doubt_is_accountable'), models.CheckConstraint(condition=models.Q(('amount__isnull', True), ('amount__gt', 0), _connector='OR'), name='outside_write_amount_is_positive')],
            },
        ),
        migrations.CreateModel(
            name='Footstep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('walk', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='footsteps', to='inbound.walk')),
                ('position', models.PositiveIntegerField()),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inbound.flowversion')),
                ('step', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=9)),
                ('returns_to', models.PositiveIntegerField(blank=True, null=True)),
                ('entered_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.JSONField(default=dict, help_text='Lo que se escribió, por campo.')),
                ('found', models.JSONField(blank=True, help_text='Lo que dijo el otro sistema.', null=True)),
                ('by_hand', models.BooleanField(default=False, help_text='El agente escribió lo que vio en la otra pantalla.')),
                ('trouble', models.CharField(blank=True, help_text='Por qué el otro sistema no respondió.', max_length=200)),
                ('proposed', models.CharField(blank=True, max_length=40)),
                ('chosen', models.CharField(blank=True, max_length=40)),
                ('reason', models.CharField(blank=True, help_text='Por qué se eligió otra rama que la propuesta.', max_length=200)),
                ('write', models.ForeignKey(blank=True, db_index=False, help_text='La operación que el paso dejó pedida, o la que ya estaba.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='inbound.outsidewrite')),
                ('escalation', models.ForeignKey(blank=True, help_text='La tarjeta que el paso dejó a supervisión.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='escalations.escalation')),
            ],
            options={
                'indexes': [models.Index(fields=['version', 'step', 'entered_at'], name='footstep_of_a_step')],
                'constraints': [models.UniqueConstraint(fields=('walk', 'position'), name='footstep_once_a_position'), models.CheckConstraint(condition=models.Q(('left_at__isnull', True), ('left_at__gte', models.F('entered_at')), _connector='OR'), name='footstep_left_after_entered')],
            },
        ),
        migrations.CreateModel(
            name='OutsideSystem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(choices=systems.registry.choices, max_length=16, unique=True, verbose_name='sistema')),
                ('mode', models.CharField(choices=[('connected', 'conectado'), ('by_hand', 'a mano'), ('off', 'apagado')], default='connected', help_text='A mano: el agente lo hace en la pantalla de siempre y anota la referencia. Apagado: no se usa.', max_length=9, verbose_name='modo')),
                ('timeout_seconds', models.DecimalField(decimal_places=1, default=Decimal('2.0'), help_text='Lo más que una página espera su respuesta; de 0,1 a 10.', max_digits=3, verbose_name='espera (segundos)')),
                ('daily_limit', models.DecimalField(blank=True, decimal_places=2, help_text='Lo más que un agente puede recargar o acreditar en un día. Vacío: sin límite.', max_digits=10, null=True, verbose_name='Bs por agente y día')),
                ('daily_writes', models.PositiveSmallIntegerField(blank=True, help_text='Cuántas recargas, créditos o bloqueos puede pedir un agente en un día. Vacío: sin límite.', null=True, verbose_name='operaciones por agente y día')),
                ('largest_amount', models.DecimalField(blank=True, decimal_places=2, help_text='El monto más alto de una sola operación, además de los montos del plan. Vacío: sin límite.', max_digits=10, null=True, verbose_name='Bs por operación')),
            ],
            options={
                'verbose_name': 'sistema externo',
                'verbose_name_plural': 'sistemas externos',
                'constraints': [models.CheckConstraint(condition=models.Q(('timeout_seconds__gte', Decimal('0.1')), ('timeout_seconds__lte', 10)), name='outside_system_waits_a_little'), models.CheckConstraint(condition=models.Q(('daily_limit__isnull', True), ('daily_limit__gte', 0), _connector='OR'), name='outside_daily_limit_not_negative'), models.CheckConstraint(condition=models.Q(('largest_amount__isnull', True), ('largest_amount__gte', 0), _connector='OR'), name='outside_largest_amount_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='OutsideSystemEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='inbound.outsidesystem')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(choices=systems.registry.choices, max_length=16, verbose_name='sistema')),
                ('mode', models.CharField(choices=[('connected', 'conectado'), ('by_hand', 'a mano'), ('off', 'apagado')], default='connected', help_text='A mano: el agente lo hace en la pantalla de siempre y anota la referencia. Apagado: no se usa.', max_length=9, verbose_name='modo')),
                ('timeout_seconds', models.DecimalField(decimal_places=1, default=Decimal('2.0'), help_text='Lo más que una página espera su respuesta; de 0,1 a 10.', max_digits=3, verbose_name='espera (segundos)')),
                ('daily_limit', models.DecimalField(blank=True, decimal_places=2, help_text='Lo más que un agente puede recargar o acreditar en un día. Vacío: sin límite.', max_digits=10, null=True, verbose_name='Bs por agente y día')),
                ('daily_writes', models.PositiveSmallIntegerField(blank=True, help_text='Cuántas recargas, créditos o bloqueos puede pedir un agente en un día. Vacío: sin límite.', null=True, verbose_name='operaciones por agente y día')),
                ('largest_amount', models.DecimalField(blank=True, decimal_places=2, help_text='El monto más alto de una sola operación, además de los montos del plan. Vacío: sin límite.', max_digits=10, null=True, verbose_name='Bs por operación')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OutsideWriteChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('write', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='inbound.outsidewrite')),
                ('from_state', models.CharField(blank=True, choices=[('waiting', 'Por enviar'), ('sending', 'Enviándose'), ('done', 'Hecho'), ('refused', 'Rechazado'), ('uncertain', 'Incierto'), ('parked', 'Detenido'), ('by_hand', 'Por hacer a mano'), ('not_done', 'No se hizo')], max_length=9)),
                ('to_state', models.CharField(choices=[('waiting', 'Por enviar'), ('sending', 'Enviándose'), ('done', 'Hecho'), ('refused', 'Rechazado'), ('uncertain', 'Incierto'), ('parked', 'Detenido'), ('by_hand', 'Por hacer a mano'), ('not_done', 'No se hizo')], max_length=9)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('note', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='ReservedSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='cuándo')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='quién')),
                ('reserved', models.PositiveSmallIntegerField(verbose_name='en reserva')),
            ],
            options={
                'verbose_name': 'búsqueda de números en reserva',
                'verbose_name_plural': 'búsquedas de números en reserva',
                'indexes': [models.Index(fields=['-at'], name='reserved_search_newest_first')],
            },
        ),
        migrations.CreateModel(
            name='PersonInCharge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('charge', models.CharField(choices=[('shopper_sales', 'Venta Shopper (COM-DSC-P15)')], max_length=24, unique=True, verbose_name='de qué')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='nombre')),
                ('telephone', models.CharField(blank=True, help_text='El que se da a quien llama. Vacío: el agente anota el que dio. Vale desde la próxima llamada.', max_length=16, verbose_name='celular')),
            ],
            options={
                'verbose_name': 'encargado',
                'verbose_name_plural': 'encargados',
            },
        ),
        migrations.CreateModel(
            name='PersonInChargeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='inbound.personincharge')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('charge', models.CharField(choices=[('shopper_sales', 'Venta Shopper (COM-DSC-P15)')], max_length=24, verbose_name='de qué')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='nombre')),
                ('telephone', models.CharField(blank=True, help_text='El que se da a quien llama. Vacío: el agente anota el que dio. Vale desde la próxima llamada.', max_length=16, verbose_name='celular')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='serviceline',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_servicelineevent" ("counts_for_att", "farewell", "greeting", "id", "is_active", "name", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "queue") VALUES (NEW."counts_for_att", NEW."farewell", NEW."greeting", NEW."id", NEW."is_active", NEW."name", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."queue"); RETURN NULL;', hash='27993fd52bdd402817a5f65c1976e80e153dbb1f', operation='INSERT', pgid='pgtrigger_insert_insert_b18be', table='inbound_serviceline', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='serviceline',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "inbound_servicelineevent" ("counts_for_att", "farewell", "greeting", "id", "is_active", "name", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "queue") VALUES (NEW."counts_for_att", NEW."farewell", NEW."greeting", NEW."id", NEW."is_active", NEW."name", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."queue"); RETURN NULL;', hash='18ba6e6c91a1c6daed5b7368d82342388c581210', operation='UPDATE', pgid='pgtrigger_update_update_e8d55', table='inbound_serviceline', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='serviceline',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_servicelineevent" ("counts_for_att", "farewell", "greeting", "id", "is_active", "name", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "queue") VALUES (OLD."counts_for_att", OLD."farewell", OLD."greeting", OLD."id", OLD."is_active", OLD."name", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."queue"); RETURN NULL;', hash='c17ec041147d6a81d935c7cb8a787717dce05789', operation='DELETE', pgid='pgtrigger_delete_delete_f599c', table='inbound_serviceline', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='flowversion',
            trigger=pgtrigger.compiler.Trigger(name='flow_version_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='87eba167c80218ec0faf7a33e3c2aec29a031233', operation='UPDATE OR DELETE', pgid='pgtrigger_flow_version_is_frozen_0b5e3', table='inbound_flowversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='flowdraft',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_flowdraftevent" ("id", "line_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "saved_at", "saved_by_id", "source") VALUES (NEW."id", NEW."line_id", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."saved_at", NEW."saved_by_id", NEW."source"); RETURN NULL;', hash='89911db76bb7724d9f3a110fe5aa29978aff917f', operation='INSERT', pgid='pgtrigger_insert_insert_39707', table='inbound_flowdraft', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='flowdraft',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "inbound_flowdraftevent" ("id", "line_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "saved_at", "saved_by_id", "source") VALUES (NEW."id", NEW."line_id", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."saved_at", NEW."saved_by_id", NEW."source"); RETURN NULL;', hash='52af22757ea179ad1bdf3f1e19bff1d7642bb7fd', operation='UPDATE', pgid='pgtrigger_update_update_714fb', table='inbound_flowdraft', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='flowdraft',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_flowdraftevent" ("id", "line_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "saved_at", "saved_by_id", "source") VALUES (OLD."id", OLD."line_id", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."saved_at", OLD."saved_by_id", OLD."source"); RETURN NULL;', hash='140c5918d59fa91b03a5dfdf257fcb7927350198', operation='DELETE', pgid='pgtrigger_delete_delete_48455', table='inbound_flowdraft', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outsidesystem',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_outsidesystemevent" ("code", "daily_limit", "daily_writes", "id", "largest_amount", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "timeout_seconds") VALUES (NEW."code", NEW."daily_limit", NEW."daily_writes", NEW."id", NEW."largest_amount", NEW."mode", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."timeout_seconds"); RETURN NULL;', hash='ffaba27306ff73a05e7f74e5b78868ee55e89734', operation='INSERT', pgid='pgtrigger_insert_insert_9515b', table='inbound_outsidesystem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outsidesystem',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "inbound_outsidesystemevent" ("code", "daily_limit", "daily_writes", "id", "largest_amount", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "timeout_seconds") VALUES (NEW."code", NEW."daily_limit", NEW."daily_writes", NEW."id", NEW."largest_amount", NEW."mode", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."timeout_seconds"); RETURN NULL;', hash='63f63a8ae8fd442a18985964d38670c6d27c01f6', operation='UPDATE', pgid='pgtrigger_update_update_40884', table='inbound_outsidesystem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outsidesystem',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_outsidesystemevent" ("code", "daily_limit", "daily_writes", "id", "largest_amount", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "timeout_seconds") VALUES (OLD."code", OLD."daily_limit", OLD."daily_writes", OLD."id", OLD."largest_amount", OLD."mode", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."timeout_seconds"); RETURN NULL;', hash='cabff8beb7ed402611c18a1c5fb92775fcaeddd8', operation='DELETE', pgid='pgtrigger_delete_delete_5a994', table='inbound_outsidesystem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='personincharge',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_personinchargeevent" ("charge", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "telephone") VALUES (NEW."charge", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."telephone"); RETURN NULL;', hash='2a3ebe2f3b062a9f02284fb53c4c437dbb42f608', operation='INSERT', pgid='pgtrigger_insert_insert_4786e', table='inbound_personincharge', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='personincharge',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "inbound_personinchargeevent" ("charge", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "telephone") VALUES (NEW."charge", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."telephone"); RETURN NULL;', hash='71ea11697383bc9be64f7dbb3590cb79f969e61f', operation='UPDATE', pgid='pgtrigger_update_update_edb86', table='inbound_personincharge', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='personincharge',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_personinchargeevent" ("charge", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "telephone") VALUES (OLD."charge", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."telephone"); RETURN NULL;', hash='f1fed023785035746c466cfa8a4b33f2331ad2a4', operation='DELETE', pgid='pgtrigger_delete_delete_3178b', table='inbound_personincharge', when='AFTER')),
        ),
    ]
