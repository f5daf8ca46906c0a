"""The table behind the cache that all processes share (CACHES["default"])."""

from django.db import migrations

CREATE = """
CREATE TABLE jiedian_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX jiedian_cache_expires ON jiedian_cache (expires);
"""


class Migration(migrations.Migration):

    dependencies = []

    operations = [migrations.RunSQL(CREATE, "DROP TABLE jiedian_cache")]
