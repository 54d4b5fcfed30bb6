import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

// What the test machine is made of. Changing anything here makes the next run build it again.

/** Debian's release inside. */
export const suite = 'trixie'

/** Packages inside: an ordinary server with what Berth needs, a registry and nothing to compare with. */
export const packages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'dbus-user-session', 'libpam-systemd', 'polkitd', 'udev', 'kmod'],
  ...['iproute2', 'procps', 'openssh-server', 'ca-certificates', 'curl', 'openssl', 'busybox-static', 'docker-registry'],
  ...['crun', 'runc', 'conmon', 'netavark', 'aardvark-dns', 'passt', 'uidmap', 'catatonit', 'criu', 'libcriu2'],
  ...['nftables', 'util-linux', 'isal', 'zstd', 'gpg', 'gpg-agent', 'golang-github-containers-common'],
]

/** Ordinary users inside; each name is also the password. The first one lingers: their user manager starts with the machine. */
export const users = ['alice', 'bob']

/** Files inside, by path. */
export const files: Record<string, string> = {
  '/etc/hostname': 'testhost\n',
  '/etc/hosts': '127.0.0.1 localhost testhost\n::1 localhost\n',
  '/etc/fstab': '/dev/vda / ext4 rw,noatime 0 0\n',
  // Nothing listens there, so that names which do not exist fail at once.
  '/etc/resolv.conf': 'nameserver 127.0.0.1\n',
  '/etc/systemd/network/10.network':
    '[Match]\nName=en* eth*\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n',
  '/etc/ssh/sshd_config.d/test.conf': 'UseDNS no\nMaxSessions 50\nMaxStartups 50\nPermitRootLogin yes\n',
}

/** Units that would only cost time. */
export const masked = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'systemd-networkd-wait-online.service',
  'getty@tty1.service',
  'docker-registry.service',
]

/** The first program of the initial file system: finds the disk and hands over. */
export const init = `#!/bin/sh
B=/bin/busybox
$B mount -t devtmpfs dev /dev
$B insmod /m/virtio_blk.ko
while [ ! -b /dev/vda ]; do $B usleep 5000; done
$B mount -t ext4 -o noatime /dev/vda /root
$B umount /dev
exec $B switch_root /root /sbin/init
`

/** Where the machine's image is kept between runs. */
export function cacheFolder(): string {
  return process.env.BERTH_TESTHOST ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'berth-testhost')
}

/** One name for everything the image is made from. */
export function recipeMark(): string {
  const hash = createHash('sha256')
  for (const name of ['recipe.ts', 'build.ts']) hash.update(readFileSync(join(import.meta.dirname, name)))
  return hash.digest('hex')
}
