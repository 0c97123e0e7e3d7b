#!/bin/sh
# Copies the database while the bot runs, and checks the copy.
# Usage: backup.sh /var/lib/huanhuan/bot.db /var/backups/huanhuan [KEEP]
# Keeps the newest KEEP copies (14 by default).
set -eu
umask 077
database=$1
folder=$2
keep=${3:-14}

[ -f "$database" ] || { echo "no database at $database" >&2; exit 1; }
mkdir -p "$folder"
copy=$folder/bot-$(date -u +%Y%m%dT%H%M%SZ).db
trap 'rm -f "$copy.part" "$copy.part-journal"' EXIT

# SQLite's online backup: a consistent copy, whatever is being written meanwhile
sqlite3 -cmd ".timeout 10000" "$database" ".backup '$copy.part'"
[ "$(sqlite3 "$copy.part" 'PRAGMA integrity_check')" = ok ] || { echo "the copy is damaged" >&2; exit 1; }
mv "$copy.part" "$copy"
echo "$copy"

ls -1t "$folder"/bot-*.db | tail -n "+$((keep + 1))" | while read -r old; do
    rm -- "$old"
done
