#!/bin/sh
# Runs a command in a sandbox, a machine that is its own but for the kernel and the programs: process, mount, network, IPC and
# control group namespaces; accounts, homes, /run, /tmp and logs of its own. When it ends, all that it started ends.
# Usage: enter.sh FOLDER TOP COMMAND... FOLDER is this sandbox's (see folders.ts), TOP the clone, visible at its place.
set -eu
if [ "$1" != inside ]; then
  while read -r cgroup _; do
    echo $$ >"$cgroup/cgroup.procs"
  done <"$1/cgroups"
  exec unshare --mount --propagation private --pid --fork --kill-child --net --ipc --uts --cgroup sh "$0" inside "$@"
fi
folder=$2 top=$3
shift 3
mount -t proc proc /proc
# In the place of the machine's, not over them: who looks for a hierarchy takes the first.
mkdir "$folder/cgroup"
while read -r cgroup place; do
  mount --bind "$cgroup" "$folder/cgroup"
  # What runtimes do depends on which controllers are in this tree; in one that is below another they would have to be enabled.
  [ ! -e "$place/cgroup.controllers" ] || mount --bind "$place/cgroup.controllers" "$folder/cgroup/cgroup.controllers"
  umount "$place" || true
  mount --move "$folder/cgroup" "$place"
done <"$folder/cgroups"

# A link with an address, which routes lead to and where nobody answers.
# Its IPv6 addresses are final at once: one that becomes so a second later is a network change, at which Chromium gives up loading.
for setting in all default; do
  [ ! -e "/proc/sys/net/ipv6/conf/$setting" ] || echo 0 >"/proc/sys/net/ipv6/conf/$setting/accept_dad"
done
ip link set lo up
ip link add eth0 type veth peer name away
ip address add 192.0.2.2/24 dev eth0
ip link set eth0 up
ip link set away up
ip route add default via 192.0.2.1

mount -t tmpfs -o mode=755 tmpfs /run
for place in /var/lib/berth /var/lib/berth-console /var/log/berth /dev/shm; do
  # An empty folder of this name stays on a machine that had none.
  mkdir -p "$place"
  mount -t tmpfs -o mode=755 tmpfs "$place"
done
chmod 1777 /dev/shm
mkdir -p /run/lock /run/user /run/containers
while read -r uid; do
  mkdir -m 700 "/run/user/$uid"
  chown "$uid:$uid" "/run/user/$uid"
  # Where other tools look for credentials: on some machines it is there already, and somebody else's.
  mkdir -m 700 "/run/containers/$uid"
  chown nobody "/run/containers/$uid"
done <"$folder/uids"

mount --bind -o ro "${folder%/*}/dist" "$folder/tmp/berth-e2e/dist"
mount --bind "$folder/etc" /etc
# The last ones, since FOLDER is in one of them. A clone in one is shown where it was.
for place in var/tmp home root tmp; do
  case $top in
    "/$place"/*)
      mkdir -p "$folder/$place/${top#"/$place/"}"
      mount --bind "$top" "$folder/$place/${top#"/$place/"}"
      ;;
  esac
done
for place in var/tmp home root tmp; do
  mount --rbind "$folder/$place" "/$place"
done
cd "$top"
# Somebody has to wait for orphans.
exec catatonit -- "$@"
