from django.db import migrations, models

import concord.site.keys.fields


class Migration(migrations.Migration):
    dependencies = [('justice', '0005_team_by_member')]

    operations = [
        migrations.AddField('assertion', 'withdrawn_on', models.DateField(help_text='From then on it counts no more; it stays to be read', null=True)),
        migrations.AddField('assertion', 'withdrawn_by_id', models.UUIDField(null=True)),
        migrations.AddField(
            'assertion', 'withdrawn_why',
            concord.site.keys.fields.SealedText(blank=True, code='assertion.withdrawn_why', editable=True, null=True, privacy='identifying'),
        ),
        migrations.AddConstraint(
            'assertion',
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(('withdrawn_by_id', None), ('withdrawn_on', None)),
                    models.Q(('withdrawn_by_id__isnull', False), ('withdrawn_on__isnull', False)),
                    _connector='OR',
                ),
                name='assertion_withdrawn_by_somebody',
            ),
        ),
    ]
