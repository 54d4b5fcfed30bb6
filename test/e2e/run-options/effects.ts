import { existsSync } from 'node:fs'

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
  dns: [{ flags: '--network host --dns 10.0.0.1', script: 'cat /etc/resolv.conf', says: /^nameserver 10\.0\.0\.1$/m }],
  'dns-option': [{ flags: '--network host --dns-option ndots:3', script: 'cat /etc/resolv.conf', says: /^options ndots:3$/m }],
  'dns-search': [{ flags: '--network host --dns-search x.y', script: 'cat /etc/resolv.conf', says: /^search x\.y$/m }],
  entrypoint: [{ flags: '--entrypoint=', script: 'echo plain', says: /^plain\n$/, image: 'server' }],
  'env-host': [{ flags: '--env-host', script: 'env', says: /^(?!.*BERTH_)[^]*^MINE=1$/m, env: { MINE: '1' } }],
  chrootdirs: [
    { flags: '--chrootdirs /c,/d', script: 'ls /c/etc/hosts /d/etc/hosts', says: /^\/c\/etc\/hosts\n\/d\/etc\/hosts\n$/ },
  ],
  'group-entry': [
    {
      flags: '-u 4242:4343 --group-entry gg:$GROUPNAME:$GID:$USERLIST',
      script: 'tail -n 1 /etc/group',
      says: /^gg:4343:4343:4242\n$/,
    },
  ],
  'hosts-file': [
    { flags: '--hosts-file none', script: 'cat /etc/hosts', says: /^127\.0\.0\.1\s+localhost\n/ },
    { flags: '--hosts-file {dir}/hosts', script: 'cat /etc/hosts', says: /^10\.1\.1\.1\s+listed$/m },
  ],
  hostuser: [
    { flags: '--hostuser alice -u alice', script: 'id -un; tail -n 1 /etc/passwd', says: /^alice\nalice:\*:\d+:\d+:[^:]*:\/:/ },
  ],
  passwd: [{ flags: '-u 4242 --passwd=false', script: 'grep -c 4242 /etc/passwd', says: /^0\n$/ }],
  'passwd-entry': [
    {
      flags: '-u 4242 --passwd-entry x:$USERNAME:$UID:$GID:$NAME:$HOME:/s',
      script: 'tail -n 1 /etc/passwd',
      says: /^x:4242:4242:0:container user:\/:\/s\n$/,
    },
  ],
  secret: [
    {
      flags: '--secret token,mode=0400 --secret token,type=env,target=T',
      script: 'cat /run/secrets/token; stat -c %a /run/secrets/token; echo $T',
      says: /^10\.1\.1\.1 listed\n400\n10\.1\.1\.1 listed\n$/,
    },
  ],
  tz: [{ flags: '--tz Asia/Seoul', script: 'date +%z', says: /^\+0900\n$/ }],
  user: [
    {
      flags: '-u 4242 -w /bin',
      script: 'id; tail -n 1 /etc/passwd; tail -n 1 /etc/group',
      says: /^uid=4242(\(4242\))? gid=0[^\n]* groups=0[^\n]*\n4242:\*:4242:0:container user:\/bin:\/bin\/sh\n4242:x:4242:4242\n$/,
    },
    {
      flags: '-u 4242 --read-only',
      script: 'tail -n 1 /etc/passwd; grep -c passwd /proc/mounts',
      says: /^4242:\*:4242:0:container user:\/:\/bin\/sh\n1\n$/,
    },
  ],
  'group-add': [{ flags: '-u 5:6 --group-add 7', script: 'id -G', says: /^6 7\n$/ }],
  hostname: [{ flags: '-h mine', script: 'hostname; cat /etc/hostname; env', says: /^mine\nmine\n[^]*HOSTNAME=mine/ }],
  'shm-size-systemd': [{ flags: '--systemd always --shm-size-systemd 8m', script: 'df -k /run', says: /\s8192\s/ }],
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
  systemd: [
    { flags: '--systemd false', script: 'echo up', says: /^up\n$/ },
    {
      flags: '--systemd always',
      script: 'touch /run/lock/x; echo $container_uuid; ls /run/.containerenv',
      says: /^[0-9a-f]{32}\n\/run/,
    },
  ],
  tmpfs: [
    { flags: '--tmpfs /m:noatime', script: 'grep " /m " /proc/mounts', says: /noatime/ },
    { flags: '--tmpfs /m:size=1m', script: 'grep " /m " /proc/mounts', says: /^tmpfs .*size=1024k/ },
  ],
  ulimit: [{ flags: '--ulimit core=-1:-1', script: 'ulimit -c', says: /^unlimited\n$/ }],
  umask: [{ flags: '--umask 0077', script: 'umask', says: /^0077\n$/ }],
  mount: [
    {
      flags: '--mount type=image,src={busybox},dest=/i',
      script: 'ls /i/bin/busybox; (: >/i/x) 2>&1',
      says: /busybox\n.*Read-only/,
    },
    {
      flags: '--mount type=image,src={busybox},dst=/i,rw=true --userns auto:size=300',
      script: ': >/i/x; stat -c %u /i/x /i/bin',
      says: /^0\n0\n$/,
    },
    { flags: '--mount type=image,src={busybox},dst=/i,subpath=/etc', script: 'ls /i', says: /^(?=[^]*passwd)(?![^]*bin)/ },
  ],
  volume: [
    {
      flags: '--uidmap 0:5000:100 -v {dir}/host:/m:idmap',
      script: 'stat -c %u /m/file; : >/m/written; stat -c %u /m/written',
      says: /^0\n0\n$/,
      only: 'root',
    },
    { flags: '-v options:/m', script: 'echo kept >/m/x; cat /m/x', says: /^kept\n$/ },
    { flags: '-v {dir}/host:/m:ro', script: 'touch /m/x 2>&1; cat /m/file', says: /Read-only file system\nhost\n$/ },
    { flags: '-v {dir}/host:/m:O', script: 'echo inside >/m/file; cat /m/file', says: /^inside\n$/ },
  ],
  workdir: [{ flags: '-w /bin', script: 'pwd', says: /^\/bin\n$/ }],
}

/** Values that are refused by name, with podman's exit code 125. */
export const refused: Record<string, [flags: string, sentence: RegExp][]> = {
  'decryption-key': [['--decryption-key /k', /does not decrypt images: leave out --decryption-key/]],
  arch: [['--pull never --arch s390x', /not for linux\/s390x/]],
  os: [['--pull never --os windows', /not for windows\//]],
  platform: [['--pull never --platform linux/s390x', /not for linux\/s390x/]],
  variant: [['--pull never --arch arm --variant v6', /not for linux\/arm\/v6/]],
  'blkio-weight': [['--blkio-weight 5', /range of blkio weight is from 10 to 1000/]],
  'cgroup-conf': [['--cgroup-conf memory.high', /--cgroup-conf must be formatted KEY=VALUE/]],
  cgroups: [['--cgroups split', /--cgroups split/]],
  'device-read-bps': [['--device-read-bps /dev/nope:1mb', /could not parse throttle device at \/dev\/nope/]],
  'rdt-class': [['--rdt-class none', /--rdt-class|resctrl/]],
  'health-interval': [['--health-cmd x --health-interval 5', /missing unit in duration "5"/]],
  'health-log-destination': [['--health-cmd x --health-log-destination /nonexistent', /\/nonexistent: no such file/]],
  'health-on-failure': [
    ['--health-on-failure kill', /on-failure action to kill without a health check/],
    ['--health-cmd x --health-on-failure foo', /invalid on-failure action "foo" for health check/],
  ],
  'health-retries': [['--health-cmd x --health-retries 0', /healthcheck-retries must be greater than 0/]],
  'health-start-period': [['--health-cmd x --health-start-period=-1s', /healthcheck-start-period must be 0 seconds or greater/]],
  'health-startup-cmd': [['--health-startup-cmd x', /startup healthcheck when there is no regular healthcheck/]],
  'no-healthcheck': [['--no-healthcheck --health-cmd x', /cannot specify both --no-healthcheck and --health-cmd/]],
  'log-driver': [
    ['--log-driver foo', /invalid log driver "foo"/],
    ...(existsSync('/run/systemd/journal/socket')
      ? []
      : ([['--log-driver journald', /systemd-journald.*k8s-file/]] as [string, RegExp][])),
  ],
  'log-opt': [['--log-opt x', /invalid log option "x"/]],
  mount: [
    ['--mount type=ramfs,dst=/m,tmpcopyup', /tmpcopyup.*a ramfs begins empty/],
    ['--mount type=bind,src=/nonexistent,dst=/m', /\/nonexistent/],
  ],
  gpus: [['--gpus all', /nvidia\.com\/gpu=all/]],
  sdnotify: [['--sdnotify healthy', /sdnotify policy "healthy" requires a healthcheck/]],
  systemd: [['--systemd foo', /--systemd/]],
  userns: [
    ['--userns private', /at least one UID or GID mapping/],
    ['--userns bogus', /unrecognized namespace mode bogus/],
    ['--userns keep-id:x=1', /unknown option specified: "x=1"/],
  ],
  subuidname: [['--subuidname nosuchuser', /no subuid ranges found for user "nosuchuser"/]],
  subgidname: [['--subgidname nosuchuser', /no sub[ug]id ranges found for user "nosuchuser"/]],
  gidmap: [['--gidmap x', /GID setting is malformed/]],
  'group-add': [['--group-add keep-groups,5', /not allowed with any other/]],
  'cgroup-parent': [['--cgroup-parent x.slice', /systemd slice received as cgroup parent/]],
  'hosts-file': [['--hosts-file /nowhere', /failed to create new hosts file: open \/nowhere/]],
  hostname: [['--uts host -h mine', /cannot set hostname when running in the host UTS namespace/]],
  'init-path': [['--init --init-path /nowhere', /container-init binary not found on the host/]],
  secret: [
    ['--secret nosuch', /no secret with name or id "nosuch"/],
    ['--secret token,mode=999', /mode 999 invalid: parsing secret/],
  ],
  personality: [['--personality bogus', /not known: use LINUX or LINUX32/]],
  'seccomp-policy': [
    ['--seccomp-policy image', /no seccomp policy defined by image/],
    ['--seccomp-policy bogus', /valid policies are \["default" "image"\]/],
  ],
  'security-opt': [['--security-opt label=nested', /SELinux/]],
  tz: [['--tz Nowhere/X', /unknown time zone Nowhere\/X/]],
  'volumes-from': [
    ['--volumes-from nosuch', /for volumes-from: no container with name or ID "nosuch"/],
    ['--volumes-from x:bad', /can only use z,ro,rw options/],
  ],
  'shm-size-systemd': [['--shm-size-systemd x', /unable to translate --shm-size-systemd: invalid size: 'x'/]],
  ip6: [['--network bridge --ip6 fd00::x', /fd00::x.*it is not an IP address/]],
  'cpuset-cpus': [['--cpuset-cpus 4000', /requested CPUs are not available - requested 4000, available: 0/]],
  umask: [['--umask 9', /invalid umask string 9: invalid argument/]],
}
