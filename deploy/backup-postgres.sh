#!/bin/sh
# Copies a PostgreSQL database while bots run, and checks that the copy can be read.
# Usage: DATABASE_URL=postgresql://… backup-postgres.sh /var/backups/huanhuan [KEEP]
# Keeps the newest KEEP copies (14 by default). Needs pg_dump of the server's version or newer.
set -eu
umask 077
: "${DATABASE_URL:?the address of the database}"
folder=$1
keep=${2:-14}

mkdir -p "$folder"
copy=$folder/bot-$(date -u +%Y%m%dT%H%M%SZ).dump
trap 'rm -f "$copy.part"' EXIT

# one snapshot, whatever is being written meanwhile
pg_dump --format=custom --no-owner --no-privileges --file="$copy.part" "$DATABASE_URL"
pg_restore --list "$copy.part" | grep -q "TABLE DATA public inbox" || { echo "the copy is damaged" >&2; exit 1; }
mv "$copy.part" "$copy"
echo "$copy"

ls -1t "$folder"/bot-*.dump | tail -n "+$((keep + 1))" | while read -r old; do
    rm -- "$old"
done
