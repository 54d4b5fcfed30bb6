import type { Differences } from './right.ts'
import { envOfLauncher, rootfsWithoutPasswd } from './right.ts'

/** One way to give an option, held against podman: config.json, and what `inspect` says by `tells`. */
export interface Held {
  /** Words before the image. `{dir}` is the test's folder, `{engine}` the engine's name. */
  flags: string
  image: 'busybox' | 'server' | 'volumes' | '{dir}/rootfs'
  words: string[]
  env: Record<string, string>
  /** Places in what `inspect` says that are the same. */
  tells: string[]
  differs: Differences
  only?: 'root' | 'alice'
}

type More = Partial<Omit<Held, 'flags' | 'tells'>>

const held = (flags: string, more: More | string = {}, ...tells: string[]): Held => ({
  flags,
  image: 'busybox',
  words: ['/bin/sleep', '100'],
  env: {},
  differs: {},
  ...(typeof more === 'string' ? {} : more),
  tells: typeof more === 'string' ? [more, ...tells] : tells,
})

const bind = 'type=bind,src={dir}/host,dst=/m'

/** Options of `run` and `create` that say something to the runtime. */
export const heldOptions: Record<string, Held[]> = {
  annotation: [held('--annotation a=b --annotation c.d=e=f', 'Config.Annotations.a')],
  'add-host': [held('--add-host a:10.0.0.1', 'HostConfig.ExtraHosts')],
  'blkio-weight': [
    held('--blkio-weight 300', {
      differs: {
        'linux.resources.blockIO*': 'podman looks for the file of an older kernel alone; here the scheduler bfq has it',
      },
    }),
  ],
  'blkio-weight-device': [
    held('--blkio-weight-device /dev/zero:100', {
      differs: {
        'linux.resources.blockIO*': 'podman looks for the file of an older kernel alone; here the scheduler bfq has it',
      },
    }),
  ],
  'cap-add': [
    held('--cap-add NET_ADMIN', 'EffectiveCaps'),
    held('--cap-add all'),
    held('--cap-add CAP_SYS_PTRACE,audit_read', 'HostConfig.CapAdd'),
    held('--cap-add NET_ADMIN -u 5'),
  ],
  'cap-drop': [
    held('--cap-drop CHOWN', 'HostConfig.CapDrop'),
    held('--cap-drop all'),
    held('--cap-drop all --cap-add CHOWN', 'BoundingCaps'),
    held('--cap-drop KILL -u 5'),
  ],
  'cgroup-parent': [held('--cgroup-parent /berth-test-options', { only: 'root' }, 'HostConfig.CgroupParent')],
  cgroupns: [held('--cgroupns host', 'HostConfig.CgroupMode'), held('--cgroupns private')],
  cgroups: [held('--cgroups no-conmon', 'HostConfig.Cgroups')],
  'cpu-period': [held('--cpu-period 50000')],
  'cpu-quota': [held('--cpu-quota 20000')],
  'cpu-rt-period': [held('--cpu-rt-period 1000000')],
  'cpu-rt-runtime': [held('--cpu-rt-runtime 1000', { only: 'root' }, 'HostConfig.CpuRealtimeRuntime')],
  'cpu-shares': [held('-c 512')],
  cpus: [held('--cpus 0.5'), held('--cpus 0.123')],
  'cpuset-cpus': [held('--cpuset-cpus 0')],
  'cpuset-mems': [held('--cpuset-mems 0')],
  device: [
    held('--device /dev/null:/dev/mine', { only: 'root' }, 'HostConfig.Devices'),
    held('--device /dev/null:/dev/mine'),
    held('--device /dev/zero:/dev/mine:r'),
    held('--device /dev/zero:rw'),
  ],
  'device-read-bps': [held('--device-read-bps /dev/zero:1mb', { only: 'root' }, 'HostConfig.BlkioDeviceReadBps')],
  'device-read-iops': [held('--device-read-iops /dev/zero:10', { only: 'root' }, 'HostConfig.BlkioDeviceReadIOps')],
  'device-write-bps': [held('--device-write-bps /dev/zero:1mb', { only: 'root' }, 'HostConfig.BlkioDeviceWriteBps')],
  'device-write-iops': [held('--device-write-iops /dev/zero:10', { only: 'root' }, 'HostConfig.BlkioDeviceWriteIOps')],
  'disable-content-trust': [held('--disable-content-trust')],
  entrypoint: [
    held('--entrypoint /bin/sleep', { words: ['100'] }, 'Config.Entrypoint'),
    held('--entrypoint ["/bin/sleep","1"]'),
    held('--entrypoint=', { image: 'server', words: ['/bin/true'] }),
  ],
  env: [held('-e A=b -e HOME'), held('-e A -e LA*'), held('--env A= --env B=x=y')],
  'env-file': [held('--env-file {dir}/env')],
  'env-host': [held('--env-host', { env: { A: 'b' }, differs: envOfLauncher })],
  expose: [held('--expose 80 --expose 90-92/udp', 'Config.ExposedPorts')],
  'group-add': [held('--group-add 5'), held('--group-add 5,6 --group-add 8'), held('--group-add 7 -u 5:6')],
  hostname: [held('-h mine', 'Config.Hostname')],
  'http-proxy': [
    held('--http-proxy', { env: { http_proxy: 'http://p:1', NO_PROXY: 'x' } }),
    held('--http-proxy=false', { env: { http_proxy: 'http://p:1' } }),
  ],
  'image-volume': [
    held('--image-volume ignore', { image: 'volumes' }),
    held('--image-volume tmpfs', { image: 'volumes', differs: { 'mounts./v.options': 'exec is what holds without noexec' } }),
    held('--image-volume anonymous', {
      image: 'volumes',
      differs: { 'mounts./v.*': 'each engine has its own store; exec is what holds without noexec' },
    }),
  ],
  init: [
    held('--init', { differs: { 'mounts./run/podman-init.source': 'each has its own search for catatonit' } }, 'HostConfig.Init'),
  ],
  interactive: [held('-i', 'Config.OpenStdin')],
  ipc: [
    held('--ipc host', { only: 'root' }, 'HostConfig.IpcMode'),
    held('--ipc private'),
    held('--ipc shareable', 'HostConfig.IpcMode'),
    held('--ipc none'),
  ],
  label: [held('--label a=b -l c', 'Config.Labels')],
  'label-file': [held('--label-file {dir}/labels', 'Config.Labels')],
  'log-driver': [held('--log-driver none', 'HostConfig.LogConfig.Type'), held('--log-driver k8s-file')],
  'log-opt': [held('--log-opt max-size=10m', 'HostConfig.LogConfig.Size')],
  memory: [held('-m 64m')],
  'memory-reservation': [held('--memory-reservation 32m')],
  'memory-swap': [
    held('-m 64m --memory-swap 128m'),
    held('-m 64m --memory-swap -1', {
      differs: { 'linux.resources.memory.swap': "-1 is the runtime's word for no limit" },
    }),
  ],
  'memory-swappiness': [held('--memory-swappiness 10'), held('--memory-swappiness 0')],
  mount: [
    held(`--mount ${bind}`),
    held(`--mount ${bind},ro`),
    held(`--mount ${bind},bind-propagation=rslave,bind-nonrecursive`),
    held('--mount type=tmpfs,dst=/m'),
    held('--mount type=tmpfs,dst=/m,tmpfs-size=1m,tmpfs-mode=700,notmpcopyup'),
    held('--mount type=tmpfs,dst=/m,ro,noexec'),
    held('--mount type=devpts,dst=/m'),
    held('--mount type=ramfs,dst=/m', { differs: { 'mounts./m.options': 'podman passes none, not even nosuid and nodev' } }),
  ],
  name: [held('--name options-{engine}')],
  network: [
    held('--network none', 'HostConfig.NetworkMode'),
    held('--network host', {
      differs: {
        'mounts./sys/fs/cgroup.*': "the container's own groups, and no bind mount of the host's",
      },
    }),
  ],
  'no-healthcheck': [held('--no-healthcheck')],
  'no-hostname': [held('--no-hostname')],
  'no-hosts': [held('--no-hosts')],
  'oom-kill-disable': [held('--oom-kill-disable -m 64m', { only: 'root' }, 'HostConfig.OomKillDisable')],
  'oom-score-adj': [held('--oom-score-adj 500', 'HostConfig.OomScoreAdj')],
  pid: [
    held('--pid host', { differs: { 'mounts./proc.options': 'rw need not be said' } }, 'HostConfig.PidMode'),
    held('--pid private'),
  ],
  'pids-limit': [
    held('--pids-limit 50'),
    ...['-1', '0'].map((none) =>
      held(`--pids-limit ${none}`, { differs: { 'linux.resources.pids.limit': 'no limit is what a group begins with' } }),
    ),
  ],
  privileged: [
    held('--privileged', 'HostConfig.Privileged'),
    held('--privileged -u 5'),
    held('--privileged --cap-drop CHOWN', {
      differs: { 'process.capabilities.*': 'podman ignores --cap-drop there; here it is done' },
    }),
  ],
  'read-only': [held('--read-only', 'HostConfig.ReadonlyRootfs'), held('--read-only --tmpfs /tmp -v {dir}/host:/m')],
  'read-only-tmpfs': [held('--read-only --read-only-tmpfs=false')],
  restart: [held('--restart on-failure:3', 'HostConfig.RestartPolicy'), held('--restart always')],
  rm: [held('--rm', 'HostConfig.AutoRemove')],
  rootfs: [held('--rootfs', { image: '{dir}/rootfs', differs: rootfsWithoutPasswd })],
  'security-opt': [
    held('--security-opt no-new-privileges'),
    held('--security-opt no-new-privileges:false'),
    held('--security-opt seccomp=unconfined', 'HostConfig.SecurityOpt'),
    held('--security-opt seccomp={dir}/seccomp.json'),
    held('--security-opt mask=/proc/version:/proc/uptime'),
    held('--security-opt unmask=ALL'),
    held('--security-opt unmask=/proc/kcore'),
    held('--security-opt unmask=/proc/*'),
    held('--security-opt label=disable'),
    held('--security-opt apparmor=unconfined'),
  ],
  sdnotify: [held('--sdnotify ignore')],
  'shm-size': [held('--shm-size 8m', 'HostConfig.ShmSize')],
  'stop-signal': [held('--stop-signal SIGINT', 'Config.StopSignal'), held('--stop-signal 9')],
  'stop-timeout': [held('--stop-timeout 3', 'Config.StopTimeout')],
  sysctl: [held('--sysctl net.ipv4.ip_forward=1'), held('--sysctl kernel.msgmax=1000')],
  systemd: [held('--systemd false'), held('--systemd true')],
  timeout: [held('--timeout 50', 'Config.Timeout')],
  tmpfs: [held('--tmpfs /m'), held('--tmpfs /m:size=1m,mode=1700'), held('--tmpfs /m:ro'), held('--tmpfs /tmp')],
  tty: [held('-t', 'Config.Tty')],
  ulimit: [
    held('--ulimit nofile=100:200'),
    held('--ulimit core=0'),
    held('--ulimit core=-1:-1', 'HostConfig.Ulimits'),
    held('--ulimit nproc=50'),
    held('--ulimit rtprio=0'),
  ],
  umask: [held('--umask 0077', 'Config.Umask'), held('--umask 027')],
  unsetenv: [held('--unsetenv SITE', { image: 'server', words: [] }), held('--unsetenv PATH')],
  'unsetenv-all': [held('--unsetenv-all', { image: 'server', words: ['/bin/true'] }), held('--unsetenv-all -e A=b')],
  user: ['5', '5:6', '4242', 'root', 'root:5', '0:0', '65534'].map((user) => held(`-u ${user}`, 'Config.User')),
  userns: [held('--userns host', 'HostConfig.UsernsMode')],
  uts: [held('--uts host', 'HostConfig.UTSMode'), held('--uts private')],
  volume: [
    '/m',
    '/m:ro',
    '/m:bind,shared',
    '/m:noexec,nosuid,nodev',
    '/m:exec,dev,suid',
    '/etc/hosts',
    '/m:rslave',
    '/m:private',
  ].map((rest) => held(`-v {dir}/host:${rest}`)),
  workdir: [held('-w /bin', 'Config.WorkingDir')],
}
