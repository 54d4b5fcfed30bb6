#!/bin/sh
# Runs a command in a mount namespace where it may change what the machine must keep: accounts, PAM, registries,
# root's store and logs, and the sockets at their usual places. Usage: namespace.sh FOLDER COMMAND...
# FOLDER is this test's own; etc/ in it holds files that are put into /etc.
set -eu
folder=$1
shift
mkdir -p "$folder/etc" "$folder/upper" "$folder/work"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$folder/upper,workdir=$folder/work" /etc
cp -RT "$folder/etc" /etc
for place in /var/lib/berth /var/lib/berth-console /var/lib/berth-usage /var/log/berth /run/berth /run/berth-usage /run/podman; do
  # An empty folder of this name stays on a machine that had none.
  mkdir -p "$place"
  mount -t tmpfs -o mode=755 tmpfs "$place"
done
for name in berth berth-usage; do
  grep -q "^$name:" /etc/passwd || useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$name"
done
[ -z "${TEST_ROOT_PASSWORD:-}" ] || printf 'root:%s\n' "$TEST_ROOT_PASSWORD" | chpasswd
unset TEST_ROOT_PASSWORD
exec "$@"
