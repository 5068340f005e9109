from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('justice', '0004_received_records')]

    operations = [
        migrations.RemoveIndex('teamagency', 'team_by_member'),
        migrations.AddIndex(
            'teamagency',
            models.Index(fields=['member_id', 'investigation'], include=['agency_id', 'from_date', 'until_date'],
                         name='team_by_member'),
        ),
    ]
