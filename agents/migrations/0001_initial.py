import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

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
            name='Pause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pauses', to='agents.agent')),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('agent',), name='agent_has_one_open_pause')],
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
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agents_userevent" ("date_joined", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "sessions_ended", "username") VALUES (NEW."date_joined", NEW."email", NEW."first_name", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."language", NEW."last_name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."sessions_ended", NEW."username"); RETURN NULL;', hash='f955bf30ae0bb4db59b9ad4a9cab68d03421fb23', operation='INSERT', pgid='pgtrigger_insert_insert_947e4', table='agents_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."date_joined" IS DISTINCT FROM (NEW."date_joined") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."sessions_ended" IS DISTINCT FROM (NEW."sessions_ended") OR OLD."username" IS DISTINCT FROM (NEW."username"))', func='INSERT INTO "agents_userevent" ("date_joined", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "sessions_ended", "username") VALUES (NEW."date_joined", NEW."email", NEW."first_name", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."language", NEW."last_name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."sessions_ended", NEW."username"); RETURN NULL;', hash='b211dfd36fa21755d2d455f461bea816ca19ef0d', operation='UPDATE', pgid='pgtrigger_update_update_f0482', table='agents_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agents_userevent" ("date_joined", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "sessions_ended", "username") VALUES (OLD."date_joined", OLD."email", OLD."first_name", OLD."id", OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."language", OLD."last_name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."role", OLD."sessions_ended", OLD."username"); RETURN NULL;', hash='e44f0091e7d9222a4a518b7379a5b1f743e15747', operation='DELETE', pgid='pgtrigger_delete_delete_b830a', table='agents_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agent',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agents_agentevent" ("extension", "id", "is_on_duty", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id", "user_id", "weight") VALUES (NEW."extension", NEW."id", NEW."is_on_duty", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."team_id", NEW."user_id", NEW."weight"); RETURN NULL;', hash='2514efafba88aad014ea1e114daceec9a5c140bb', operation='INSERT', pgid='pgtrigger_insert_insert_7b9fa', table='agents_agent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agent',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agents_agentevent" ("extension", "id", "is_on_duty", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id", "user_id", "weight") VALUES (NEW."extension", NEW."id", NEW."is_on_duty", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."team_id", NEW."user_id", NEW."weight"); RETURN NULL;', hash='264c813b5fce1e44e1d76eb9fe43626bc813862a', operation='UPDATE', pgid='pgtrigger_update_update_b59de', table='agents_agent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agent',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agents_agentevent" ("extension", "id", "is_on_duty", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id", "user_id", "weight") VALUES (OLD."extension", OLD."id", OLD."is_on_duty", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."team_id", OLD."user_id", OLD."weight"); RETURN NULL;', hash='cbf6ed7dff0f79384684ae59e250112bbc2b8188', operation='DELETE', pgid='pgtrigger_delete_delete_25641', table='agents_agent', when='AFTER')),
        ),
    ]
