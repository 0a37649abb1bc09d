#!/bin/sh
# Makes one database and one role for each service, once, when the data volume is new. A role owns its database and may
# enter no other. The passwords come from the environment and reach psql as variables, not as part of a command line.
set -eu

for service in AUTH GARMIN_INGEST COACH_AGENT SUBSCRIPTION; do
    name="pace42_$(printf %s "$service" | tr '[:upper:]' '[:lower:]')"
    password="$(printenv "PACE42_${service}_DB_PASSWORD")"
    PGOPTIONS="-c password_encryption=scram-sha-256" DB_PASSWORD="$password" \
        psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
        --set=name="$name" <<'SQL'
\getenv password DB_PASSWORD
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done

psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --command 'REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC'
