/** Options whose effect is seen from inside. */
export interface Effect {
  flags: string
  script: string
  says: RegExp
  image?: 'server'
  env?: Record<string, string>
  only?: 'root' | 'alice'
  warns?: RegExp
}

export const effects: Record<string, Effect[]> = {
  'add-host': [{ flags: '--add-host a:10.0.0.1', script: 'cat /etc/hosts', says: /^10\.0\.0\.1\s+a$/m }],
  'cap-drop': [
    { flags: '--cap-drop CHOWN', script: 'touch /x; chown 5 /x 2>&1 || busybox chown 5 /x 2>&1', says: /not permitted/ },
  ],
  device: [
    {
      flags: '--device /dev/kmsg:/dev/mine:r',
      script: '(: >/dev/mine) 2>&1; echo end',
      says: /Operation not permitted\nend\n$/,
      only: 'root',
    },
    {
      flags: '--device /dev/zero:/dev/mine:r',
      script: 'head -c 1 /dev/mine | wc -c',
      says: /^1\n$/,
      only: 'alice',
      warns: /The access r to \/dev\/zero has no effect/,
    },
  ],
  dns: [{ flags: '--dns 10.0.0.1', script: 'cat /etc/resolv.conf', says: /^nameserver 10\.0\.0\.1$/m }],
  'dns-option': [{ flags: '--dns-option ndots:3', script: 'cat /etc/resolv.conf', says: /^options ndots:3$/m }],
  'dns-search': [{ flags: '--dns-search x.y', script: 'cat /etc/resolv.conf', says: /^search x\.y$/m }],
  entrypoint: [{ flags: '--entrypoint=', script: 'echo plain', says: /^plain\n$/, image: 'server' }],
  'env-host': [{ flags: '--env-host', script: 'env', says: /^(?!.*BERTH_)[^]*^MINE=1$/m, env: { MINE: '1' } }],
  'group-add': [{ flags: '-u 5:6 --group-add 7', script: 'id -G', says: /^6 7\n$/ }],
  hostname: [{ flags: '-h mine', script: 'hostname; cat /etc/hostname; env', says: /^mine\nmine\n[^]*HOSTNAME=mine/ }],
  init: [{ flags: '--init', script: 'cat /proc/1/comm', says: /^(podman-init|catatonit)\n$/ }],
  ipc: [{ flags: '--ipc host', script: 'readlink /proc/self/ns/ipc', says: /^ipc:/ }],
  'no-hostname': [{ flags: '--no-hostname', script: 'ls /etc', says: /^(?![^]*hostname)/ }],
  'no-hosts': [{ flags: '--no-hosts', script: 'ls /etc', says: /^(?![^]*hosts)/ }],
  privileged: [
    { flags: '--privileged', script: 'ls /dev/tty1', says: /tty1/, only: 'root' },
    { flags: '--privileged', script: 'cat /proc/sys/net/ipv4/ping_group_range', says: /^0\s+0\n$/ },
    { flags: '--privileged -u 33', script: 'grep CapEff /proc/self/status', says: /CapEff:\s*0+\n/ },
  ],
  'read-only': [
    {
      flags: '--read-only',
      script:
        'for f in /x /etc/hosts /etc/hostname /etc/resolv.conf; do (: >>$f) 2>/dev/null && echo $f; done; touch /tmp/x && echo tmp',
      says: /^tmp\n$/,
    },
  ],
  'read-only-tmpfs': [
    {
      flags: '--read-only --read-only-tmpfs=false',
      script: 'for f in /dev/x /dev/shm/x /tmp/x /run/x; do (: >>$f) 2>/dev/null && echo $f; done; echo end',
      says: /^end\n$/,
    },
  ],
  'shm-size': [{ flags: '--shm-size 8m', script: 'df -k /dev/shm', says: /\s8192\s/ }],
  systemd: [{ flags: '--systemd false', script: 'echo up', says: /^up\n$/ }],
  tmpfs: [{ flags: '--tmpfs /m:size=1m', script: 'grep " /m " /proc/mounts', says: /^tmpfs .*size=1024k/ }],
  ulimit: [{ flags: '--ulimit core=-1:-1', script: 'ulimit -c', says: /^unlimited\n$/ }],
  umask: [{ flags: '--umask 0077', script: 'umask', says: /^0077\n$/ }],
  volume: [
    { flags: '-v options:/m', script: 'echo kept >/m/x; cat /m/x', says: /^kept\n$/ },
    { flags: '-v {dir}/host:/m:ro', script: 'touch /m/x 2>&1; cat /m/file', says: /Read-only file system\nhost\n$/ },
    { flags: '-v {dir}/host:/m:O', script: 'echo inside >/m/file; cat /m/file', says: /^inside\n$/ },
  ],
  workdir: [{ flags: '-w /bin', script: 'pwd', says: /^\/bin\n$/ }],
}

/** Values that are refused by name, with podman's exit code 125. */
export const refused: Record<string, [flags: string, sentence: RegExp][]> = {
  arch: [['--pull never --arch s390x', /not for linux\/s390x/]],
  os: [['--pull never --os windows', /not for windows\//]],
  platform: [['--pull never --platform linux/s390x', /not for linux\/s390x/]],
  variant: [['--pull never --arch arm --variant v6', /not for linux\/arm\/v6/]],
  'blkio-weight': [['--blkio-weight 5', /range of blkio weight is from 10 to 1000/]],
  'cgroup-conf': [['--cgroup-conf memory.high', /--cgroup-conf must be formatted KEY=VALUE/]],
  cgroups: [['--cgroups split', /--cgroups split/]],
  'device-read-bps': [['--device-read-bps /dev/nope:1mb', /could not parse throttle device at \/dev\/nope/]],
  'rdt-class': [['--rdt-class none', /--rdt-class|resctrl/]],
  'health-cmd': [['--health-cmd true', /--health-cmd/]],
  'health-interval': [['--health-interval 5s', /--health-interval/]],
  'health-on-failure': [['--health-on-failure kill', /--health-on-failure/]],
  'health-retries': [['--health-retries 5', /--health-retries/]],
  'health-start-period': [['--health-start-period 5s', /--health-start-period/]],
  'health-timeout': [['--health-timeout 5s', /--health-timeout/]],
  mount: [
    ['--mount type=ramfs,dst=/m,tmpcopyup', /tmpcopyup.*a ramfs begins empty/],
    ['--mount type=bind,src=/nonexistent,dst=/m', /\/nonexistent/],
  ],
  sdnotify: [['--sdnotify conmon', /--sdnotify/]],
  systemd: [['--systemd always', /--systemd/]],
  userns: [['--userns private', /--userns/]],
  ip6: [['--network bridge --ip6 fd00::5', /fd00::5.*IPv4 addresses alone|ordinary users/]],
}
