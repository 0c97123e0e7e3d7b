#!/bin/sh
# Puts a backup in the place of the database. Stop the bot first.
# Usage: restore.sh /var/backups/huanhuan/bot-….db /var/lib/huanhuan/bot.db
set -eu
umask 077
copy=$1
database=$2

[ "$(sqlite3 "$copy" 'PRAGMA integrity_check')" = ok ] || { echo "$copy is damaged" >&2; exit 1; }
# The bot holds a lock on this file as long as it runs.
if [ -e "$database.lock" ] && ! flock --exclusive --nonblock "$database.lock" true; then
    echo "the bot is running; stop it first" >&2
    exit 1
fi

cp -- "$copy" "$database.new"
if [ -e "$database" ]; then
    chown --reference="$database" "$database.new"
    mv -- "$database" "$database.before-restore"
    # what the old log holds belongs to the old file
    for side in wal shm; do
        if [ -e "$database-$side" ]; then
            mv -- "$database-$side" "$database.before-restore-$side"
        fi
    done
fi
mv -- "$database.new" "$database"
echo "restored; the old one is $database.before-restore"
