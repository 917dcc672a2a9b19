import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from screens.whole_tables import WholeTables


class Migration(WholeTables):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('role', models.CharField(choices=[('agent', 'Agente'), ('supervisor', 'Supervisión'), ('auditor', 'Auditoría'), ('administrator', 'Administración')], default='agent', max_length=16, verbose_name='rol')),
                ('language', models.CharField(blank=True, help_text='El que eligió en la pantalla; vacío, el del navegador.', max_length=8, verbose_name='idioma')),
                ('sessions_ended', models.PositiveIntegerField(default=0, editable=False, help_text='Cuántas veces se cerraron todas sus sesiones.')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'persona',
                'verbose_name_plural': 'personas',
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['agent', 'supervisor', 'auditor', 'administrator'])), name='user_role_is_known')],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agents_userevent" ("date_joined", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "sessions_ended", "username") VALUES (NEW."date_joined", NEW."email", NEW."first_name", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."language", NEW."last_name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."sessions_ended", NEW."username"); RETURN NULL;', hash='f955bf30ae0bb4db59b9ad4a9cab68d03421fb23', operation='INSERT', pgid='pgtrigger_insert_insert_947e4', table='agents_user', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."date_joined" IS DISTINCT FROM (NEW."date_joined") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."sessions_ended" IS DISTINCT FROM (NEW."sessions_ended") OR OLD."username" IS DISTINCT FROM (NEW."username"))', func='INSERT INTO "agents_userevent" ("date_joined", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "sessions_ended", "username") VALUES (NEW."date_joined", NEW."email", NEW."first_name", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."language", NEW."last_name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."sessions_ended", NEW."username"); RETURN NULL;', hash='b211dfd36fa21755d2d455f461bea816ca19ef0d', operation='UPDATE', pgid='pgtrigger_update_update_f0482', table='agents_user', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agents_userevent" ("date_joined", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "sessions_ended", "username") VALUES (OLD."date_joined", OLD."email", OLD."first_name", OLD."id", OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."language", OLD."last_name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."role", OLD."sessions_ended", OLD."username"); RETURN NULL;', hash='e44f0091e7d9222a4a518b7379a5b1f743e15747', operation='DELETE', pgid='pgtrigger_delete_delete_b830a', table='agents_user', when='AFTER')),
                ],
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='UserEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('role', models.CharField(choices=[('agent', 'Agente'), ('supervisor', 'Supervisión'), ('auditor', 'Auditoría'), ('administrator', 'Administración')], default='agent', max_length=16, verbose_name='rol')),
                ('language', models.CharField(blank=True, help_text='El que eligió en la pantalla; vacío, el del navegador.', max_length=8, verbose_name='idioma')),
                ('sessions_ended', models.PositiveIntegerField(default=0, editable=False, help_text='Cuántas veces se cerraron todas sus sesiones.')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CodeTries',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='code_tries', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('tries', models.PositiveIntegerField()),
                ('last_at', models.DateTimeField(help_text='El último intento que contó: desde él corre el bloqueo.')),
            ],
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='nombre')),
            ],
            options={
                'verbose_name': 'equipo',
                'verbose_name_plural': 'equipos',
            },
        ),
        migrations.CreateModel(
            name='Skill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='código')),
                ('name', models.CharField(max_length=80, verbose_name='nombre')),
            ],
            options={
                'verbose_name': 'habilidad',
                'verbose_name_plural': 'habilidades',
            },
        ),
        migrations.CreateModel(
            name='Agent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='agent', to=settings.AUTH_USER_MODEL, verbose_name='persona')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='agents.team', verbose_name='equipo')),
                ('weight', models.DecimalField(decimal_places=2, default=1, help_text='Parte del trabajo que recibe: 1 es jornada completa, 0,5 es media.', max_digits=4, verbose_name='peso')),
                ('extension', models.CharField(blank=True, max_length=16, verbose_name='interno')),
                ('is_on_duty', models.BooleanField(default=True, help_text='Solo quienes están de turno reciben contactos.', verbose_name='de turno')),
                ('skills', models.ManyToManyField(blank=True, to='agents.skill', verbose_name='habilidades')),
            ],
            options={
                'verbose_name': 'agente',
                'verbose_name_plural': 'agentes',
                'constraints': [models.CheckConstraint(condition=models.Q(('weight__gt', 0), ('weight__lte', 10)), name='agent_weight_is_positive')],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agents_agentevent" ("extension", "id", "is_on_duty", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id", "user_id", "weight") VALUES (NEW."extension", NEW."id", NEW."is_on_duty", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."team_id", NEW."user_id", NEW."weight"); RETURN NULL;', hash='2514efafba88aad014ea1e114daceec9a5c140bb', operation='INSERT', pgid='pgtrigger_insert_insert_7b9fa', table='agents_agent', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agents_agentevent" ("extension", "id", "is_on_duty", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id", "user_id", "weight") VALUES (NEW."extension", NEW."id", NEW."is_on_duty", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."team_id", NEW."user_id", NEW."weight"); RETURN NULL;', hash='264c813b5fce1e44e1d76eb9fe43626bc813862a', operation='UPDATE', pgid='pgtrigger_update_update_b59de', table='agents_agent', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agents_agentevent" ("extension", "id", "is_on_duty", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id", "user_id", "weight") VALUES (OLD."extension", OLD."id", OLD."is_on_duty", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."team_id", OLD."user_id", OLD."weight"); RETURN NULL;', hash='cbf6ed7dff0f79384684ae59e250112bbc2b8188', operation='DELETE', pgid='pgtrigger_delete_delete_25641', table='agents_agent', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='AgentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='agents.agent')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='persona')),
                ('team', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agents.team', verbose_name='equipo')),
                ('weight', models.DecimalField(decimal_places=2, default=1, help_text='Parte del trabajo que recibe: 1 es jornada completa, 0,5 es media.', max_digits=4, verbose_name='peso')),
                ('extension', models.CharField(blank=True, max_length=16, verbose_name='interno')),
                ('is_on_duty', models.BooleanField(default=True, help_text='Solo quienes están de turno reciben contactos.', verbose_name='de turno')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Disclosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('export', 'Exportación'), ('reveal', 'Dato mostrado')], max_length=8)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subject', models.CharField(help_text='Qué se exportó o se mostró, sin datos personales.', max_length=120)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('rows', models.PositiveIntegerField(default=1)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'salida de datos personales',
                'verbose_name_plural': 'salidas de datos personales',
                'indexes': [models.Index(fields=['-at'], name='disclosure_newest_first')],
            },
        ),
        migrations.CreateModel(
            name='PauseReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='código')),
                ('name', models.CharField(max_length=60, verbose_name='nombre')),
                ('key', models.CharField(blank=True, help_text='Del 1 al 9: se elige con P y esta tecla. Vacía, solo con el ratón.', max_length=1, verbose_name='tecla')),
                ('limit_minutes', models.PositiveSmallIntegerField(blank=True, help_text='Pasado este tiempo la pausa se marca; vacío, sin límite.', null=True, verbose_name='límite en minutos')),
                ('counts_as', models.CharField(choices=[('rest', 'Descanso'), ('away_from_calls', 'Trabajo fuera de las llamadas'), ('training', 'Capacitación')], default='rest', max_length=16, verbose_name='cuenta como')),
                ('is_active', models.BooleanField(default=True, verbose_name='se puede elegir')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='orden')),
            ],
            options={
                'verbose_name': 'motivo de pausa',
                'verbose_name_plural': 'motivos de pausa',
                'constraints': [models.CheckConstraint(condition=models.Q(('key__in', ['', '1', '2', '3', '4', '5', '6', '7', '8', '9'])), name='pause_reason_key_is_a_digit'), models.UniqueConstraint(condition=models.Q(models.Q(('key', ''), _negated=True), ('is_active', True)), fields=('key',), name='pause_reason_has_its_own_key'), models.CheckConstraint(condition=models.Q(('limit_minutes', None), ('limit_minutes__gte', 1), _connector='OR'), name='pause_reason_limit_is_a_time'), models.CheckConstraint(condition=models.Q(('counts_as__in', ['rest', 'away_from_calls', 'training'])), name='pause_reason_counts_as_known')],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agents_pausereasonevent" ("code", "counts_as", "id", "is_active", "key", "limit_minutes", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."code", NEW."counts_as", NEW."id", NEW."is_active", NEW."key", NEW."limit_minutes", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position"); RETURN NULL;', hash='043403ed4bea0047aea9a117200cdc1d5bcfeb94', operation='INSERT', pgid='pgtrigger_insert_insert_a39b6', table='agents_pausereason', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agents_pausereasonevent" ("code", "counts_as", "id", "is_active", "key", "limit_minutes", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."code", NEW."counts_as", NEW."id", NEW."is_active", NEW."key", NEW."limit_minutes", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position"); RETURN NULL;', hash='bf234d8cb6c1e44326433ab820160480718c9581', operation='UPDATE', pgid='pgtrigger_update_update_d6fd9', table='agents_pausereason', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agents_pausereasonevent" ("code", "counts_as", "id", "is_active", "key", "limit_minutes", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."code", OLD."counts_as", OLD."id", OLD."is_active", OLD."key", OLD."limit_minutes", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position"); RETURN NULL;', hash='391596cc954c1d376a2e4d9bd336b5d63c410e62', operation='DELETE', pgid='pgtrigger_delete_delete_6c872', table='agents_pausereason', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='PauseReasonEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='agents.pausereason')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=16, verbose_name='código')),
                ('name', models.CharField(max_length=60, verbose_name='nombre')),
                ('key', models.CharField(blank=True, help_text='Del 1 al 9: se elige con P y esta tecla. Vacía, solo con el ratón.', max_length=1, verbose_name='tecla')),
                ('limit_minutes', models.PositiveSmallIntegerField(blank=True, help_text='Pasado este tiempo la pausa se marca; vacío, sin límite.', null=True, verbose_name='límite en minutos')),
                ('counts_as', models.CharField(choices=[('rest', 'Descanso'), ('away_from_calls', 'Trabajo fuera de las llamadas'), ('training', 'Capacitación')], default='rest', max_length=16, verbose_name='cuenta como')),
                ('is_active', models.BooleanField(default=True, verbose_name='se puede elegir')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='orden')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to='agents.agent')),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.CharField(blank=True, choices=[('desk', 'su pantalla'), ('telephone', 'el teléfono'), ('clock', 'el reloj'), ('supervisor', 'supervisión')], max_length=16)),
                ('ended_by_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('last_sign_at', models.DateTimeField(help_text='Cuándo se supo de ella por última vez, al minuto.')),
            ],
            options={
                'indexes': [models.Index(fields=['agent', 'began_at'], name='shift_of_a_day'), django.contrib.postgres.indexes.GistIndex(models.Func(models.F('began_at'), models.F('ended_at'), function='tstzrange', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), name='shifts_of_days')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('agent',), name='agent_has_one_open_shift'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('began_at')), _connector='OR'), name='shift_ends_after_it_began'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', '')), models.Q(('ended_at__isnull', False), models.Q(('ended_by', ''), _negated=True)), _connector='OR'), name='shift_says_who_ended_it')],
            },
        ),
        migrations.CreateModel(
            name='StatePolicy',
            fields=[
                ('id', models.SmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('wrap_up_seconds', models.PositiveSmallIntegerField(default=60, help_text='Después de colgar; pasado este tiempo queda disponible otra vez.', verbose_name='segundos para cerrar una llamada')),
                ('away_minutes', models.PositiveSmallIntegerField(default=15, help_text='Una señal es abrir una página o registrar algo. Solo pasa a ausente quien estaba disponible.', verbose_name='minutos sin señal hasta estar ausente')),
                ('sign_out_minutes', models.PositiveSmallIntegerField(default=45, help_text='También desde que venció el límite de una pausa sin que haya vuelto a dar señal.', verbose_name='minutos ausente hasta cerrar el turno')),
            ],
            options={
                'verbose_name': 'política de estados',
                'verbose_name_plural': 'política de estados',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='state_policy_is_one'), models.CheckConstraint(condition=models.Q(('away_minutes__gte', 2), ('sign_out_minutes__gte', 1)), name='state_policy_times_are_possible')],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agents_statepolicyevent" ("away_minutes", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sign_out_minutes", "wrap_up_seconds") VALUES (NEW."away_minutes", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sign_out_minutes", NEW."wrap_up_seconds"); RETURN NULL;', hash='dd2fb47ec692dae3d9c39b10ee1890a761b45124', operation='INSERT', pgid='pgtrigger_insert_insert_b2963', table='agents_statepolicy', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agents_statepolicyevent" ("away_minutes", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sign_out_minutes", "wrap_up_seconds") VALUES (NEW."away_minutes", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sign_out_minutes", NEW."wrap_up_seconds"); RETURN NULL;', hash='7a3b1e31be7ebe8789dc867e4c60c33a2199bd7f', operation='UPDATE', pgid='pgtrigger_update_update_dabe6', table='agents_statepolicy', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agents_statepolicyevent" ("away_minutes", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sign_out_minutes", "wrap_up_seconds") VALUES (OLD."away_minutes", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."sign_out_minutes", OLD."wrap_up_seconds"); RETURN NULL;', hash='9fbddc123b51afb2596c9574e463b8f4c3f5924e', operation='DELETE', pgid='pgtrigger_delete_delete_b5c78', table='agents_statepolicy', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='StatePolicyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='agents.statepolicy')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.SmallIntegerField(default=1, editable=False, serialize=False)),
                ('wrap_up_seconds', models.PositiveSmallIntegerField(default=60, help_text='Después de colgar; pasado este tiempo queda disponible otra vez.', verbose_name='segundos para cerrar una llamada')),
                ('away_minutes', models.PositiveSmallIntegerField(default=15, help_text='Una señal es abrir una página o registrar algo. Solo pasa a ausente quien estaba disponible.', verbose_name='minutos sin señal hasta estar ausente')),
                ('sign_out_minutes', models.PositiveSmallIntegerField(default=45, help_text='También desde que venció el límite de una pausa sin que haya vuelto a dar señal.', verbose_name='minutos ausente hasta cerrar el turno')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AgentState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='states', to='agents.agent')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='states', to='agents.shift')),
                ('state', models.CharField(choices=[('available', 'Disponible'), ('ringing', 'Le suena'), ('on_a_call', 'En llamada'), ('wrapping_up', 'Cerrando la llamada'), ('paused', 'En pausa'), ('away', 'Ausente')], max_length=16)),
                ('reason', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agents.pausereason')),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('event', models.CharField(help_text='Lo que pasó cuando empezó (agents/states.py).', max_length=16)),
                ('happened_at', models.DateTimeField(help_text='Cuándo pasó según quien lo dijo; no después de empezar.')),
                ('by', models.CharField(choices=[('desk', 'su pantalla'), ('telephone', 'el teléfono'), ('clock', 'el reloj'), ('supervisor', 'supervisión')], max_length=16)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('call', models.UUIDField(blank=True, help_text='La llamada a la que pertenece.', null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['agent', 'began_at'], name='agent_states_in_order'), models.Index(condition=models.Q(('call__isnull', False)), fields=['call'], name='agent_states_of_a_call')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('agent',), name='agent_has_one_open_state'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('began_at')), _connector='OR'), name='agent_state_ends_after_it_began'), models.CheckConstraint(condition=models.Q(('happened_at__lte', models.F('began_at'))), name='agent_state_begins_no_sooner_than_it_happened'), models.CheckConstraint(condition=models.Q(models.Q(('reason__isnull', False), ('state', 'paused')), models.Q(models.Q(('state', 'paused'), _negated=True), ('reason', None)), _connector='OR'), name='agent_state_has_a_reason_when_paused'), models.CheckConstraint(condition=models.Q(('state__in', ['available', 'ringing', 'on_a_call', 'wrapping_up', 'paused', 'away'])), name='agent_state_is_known')],
            },
        ),
        migrations.CreateModel(
            name='StretchQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stretch', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='question', to='agents.agentstate')),
                ('note', models.CharField(max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
                ('seen_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('seen_at', None)), fields=['asked_at'], name='stretch_question_waits')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('seen_at', None), ('seen_by', None)), models.Q(('seen_at__isnull', False), ('seen_by__isnull', False)), _connector='OR'), name='stretch_question_says_who_saw_it')],
            },
        ),
        migrations.CreateModel(
            name='AgentMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agent', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='agents.agent', verbose_name='agente')),
                ('sender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='quien escribe')),
                ('text', models.CharField(max_length=280, verbose_name='mensaje')),
                ('sent_at', models.DateTimeField(verbose_name='enviado')),
                ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='visto')),
            ],
            options={
                'verbose_name': 'mensaje a un agente',
                'verbose_name_plural': 'mensajes a agentes',
                'indexes': [models.Index(condition=models.Q(('seen_at', None)), fields=['agent'], name='agent_message_unseen'), models.Index(fields=['agent', '-sent_at'], name='agent_message_latest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='agent_message_says_something'), models.CheckConstraint(condition=models.Q(('seen_at', None), ('seen_at__gte', models.F('sent_at')), _connector='OR'), name='agent_message_is_seen_after_it_was_sent')],
            },
        ),
    ]
