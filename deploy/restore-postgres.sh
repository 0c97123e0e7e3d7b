#!/bin/sh
# Puts a backup in the place of what a PostgreSQL database holds. Stop the bots on all hosts first.
# Usage: DATABASE_URL=postgresql://… restore-postgres.sh /var/backups/huanhuan/bot-….dump
set -eu
: "${DATABASE_URL:?the address of the database}"
copy=$1

pg_restore --list "$copy" >/dev/null
# Every bot shares this lock as long as it runs (bot/store/postgres/neighbours.py).
alone=$(psql --no-psqlrc --quiet --tuples-only --no-align --command "SELECT pg_try_advisory_lock(311206964738)" "$DATABASE_URL")
[ "$alone" = t ] || { echo "a bot is running; stop it first" >&2; exit 1; }

# all of it or nothing
pg_restore --clean --if-exists --no-owner --no-privileges --single-transaction --exit-on-error \
    --dbname="$DATABASE_URL" "$copy"
echo "restored from $copy"
