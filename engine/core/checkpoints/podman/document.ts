import * as v from 'valibot'

import { HealthConfig, PerNetworkOptions, PortMapping, Resources, StartupHealthConfig } from '../../../contract/index.ts'

const Flag = v.optional(v.nullable(v.boolean()))
const Text = v.optional(v.nullable(v.string()))
const Count = v.optional(v.nullable(v.number()))
const Texts = v.optional(v.nullable(v.array(v.string())))
const TextMap = v.optional(v.nullable(v.record(v.string(), v.string())))

const IdMap = v.optional(v.nullable(v.array(v.object({ container_id: v.number(), host_id: v.number(), size: v.number() }))))

const Secret = v.object({ name: v.string() })

/** The part of podman's configuration that is in the OCI runtime specification's form. */
const Spec = v.strictObject({
  ociVersion: Text,
  process: v.strictObject({
    terminal: Flag,
    // The user is the configuration's own `user`, a name or a number.
    user: v.optional(v.unknown()),
    args: Texts,
    env: Texts,
    cwd: Text,
    capabilities: v.optional(v.nullable(v.object({ bounding: Texts }))),
    rlimits: v.optional(v.nullable(v.array(v.object({ type: v.string(), hard: v.number(), soft: v.number() })))),
    noNewPrivileges: Flag,
    apparmorProfile: Text,
    oomScoreAdj: Count,
    selinuxLabel: Text,
  }),
  root: v.optional(v.nullable(v.object({ readonly: Flag }))),
  hostname: Text,
  mounts: v.optional(v.nullable(v.array(v.strictObject({ destination: v.string(), type: Text, source: Text, options: Texts })))),
  annotations: TextMap,
  linux: v.strictObject({
    sysctl: TextMap,
    resources: v.optional(
      v.nullable(
        v.looseObject({
          ...Resources.entries,
          devices: v.optional(
            v.nullable(v.array(v.object({ allow: v.boolean(), type: Text, major: Count, minor: Count, access: Text }))),
          ),
        }),
      ),
    ),
    namespaces: v.optional(v.nullable(v.array(v.object({ type: v.string(), path: Text })))),
    devices: v.optional(v.nullable(v.array(v.object({ path: v.string(), type: Text, major: Count, minor: Count })))),
    // Which calls are allowed is in the process images.
    seccomp: v.optional(v.unknown()),
    maskedPaths: Texts,
    readonlyPaths: Texts,
    uidMappings: v.optional(v.unknown()),
    gidMappings: v.optional(v.unknown()),
    mountLabel: Text,
    rootfsPropagation: Text,
    cgroupsPath: Text,
    intelRdt: v.optional(v.nullable(v.object({ closID: Text }))),
    personality: v.optional(v.nullable(v.object({ domain: Text }))),
  }),
})
export type PodmanSpec = v.InferOutput<typeof Spec>

/** What becomes a part of a request here. */
const taken = {
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  name: v.string(),
  createdTime: v.string(),
  spec: Spec,
  CreateCommand: Texts,
  pod: Text,
  idMappingsOptions: v.optional(v.nullable(v.object({ UIDMap: IdMap, GIDMap: IdMap, AutoUserNs: Flag }))),
  rootfsImageID: Text,
  rootfsImageName: Text,
  rootfs: Text,
  rootfs_overlay: Flag,
  NoShm: Flag,
  NOShmShare: Flag,
  shmSize: Count,
  shmSizeSystemd: Count,
  namedVolumes: v.optional(
    v.nullable(
      v.array(v.strictObject({ volumeName: v.string(), dest: v.string(), options: Texts, isAnonymous: Flag, SubPath: Text })),
    ),
  ),
  overlayVolumes: v.optional(v.nullable(v.array(v.object({ dest: v.string(), source: v.string(), options: Texts })))),
  ctrImageVolumes: v.optional(
    v.nullable(v.array(v.strictObject({ source: v.string(), dest: v.string(), rw: Flag, subPath: Text }))),
  ),
  userVolumes: Texts,
  chroot_directories: Texts,
  secrets: v.optional(v.nullable(v.array(v.object({ ...Secret.entries, UID: Count, GID: Count, Mode: Count, Target: Text })))),
  secret_env: v.optional(v.nullable(v.record(v.string(), Secret))),
  volatile: Flag,
  passwd: Flag,
  privileged: Flag,
  labelopts: Texts,
  user: Text,
  groups: Texts,
  HostUsers: Texts,
  label_nested: Flag,
  mountNsCtr: Text,
  netNsCtr: Text,
  ipcNsCtr: Text,
  pidNsCtr: Text,
  userNsCtr: Text,
  utsNsCtr: Text,
  cgroupNsCtr: Text,
  createNetNS: Flag,
  newPortMappings: v.optional(v.nullable(v.array(PortMapping))),
  exposedPorts: v.optional(v.nullable(v.record(v.string(), v.array(v.string())))),
  UseImageResolvConf: Flag,
  dnsServer: Texts,
  dnsSearch: Texts,
  dnsOption: Texts,
  useImageHostname: Flag,
  UseImageHosts: Flag,
  BaseHostsFile: Text,
  hostsAdd: Texts,
  newNetworks: v.optional(v.nullable(v.record(v.string(), PerNetworkOptions))),
  networkMode: Text,
  networkOptions: v.optional(v.nullable(v.object({ pasta: Texts }))),
  entrypoint: Texts,
  command: Texts,
  stdin: Flag,
  labels: TextMap,
  stopSignal: Count,
  stopTimeout: Count,
  timeout: Count,
  cgroupsMode: Text,
  cgroupParent: Text,
  logTag: Text,
  logSize: Count,
  logDriver: Text,
  restart_policy: Text,
  restart_retries: Count,
  sdnotifyMode: Text,
  systemd: Flag,
  healthcheck: v.optional(v.nullable(HealthConfig)),
  healthcheck_on_failure_action: Count,
  startupHealthCheck: v.optional(v.nullable(StartupHealthConfig)),
  healthLogDestination: Text,
  healthMaxLogCount: Count,
  healthMaxLogSize: Count,
  timezone: Text,
  umask: Text,
  device_host_src: v.optional(v.nullable(v.array(v.object({ path: v.string() })))),
  initContainerType: Text,
  passwd_entry: Text,
  group_entry: Text,
  readWriteTmpfs: Flag,
}

/** What says where podman kept something, how its command line was typed, or what follows from the rest. */
const unneeded = [
  ...['lockID', 'RawImageName', 'Dependencies', 'ShmDir', 'staticDir', 'mounts', 'createWorkingDir', 'secretsPath'],
  ...['cgroupManager', 'exitCommand', 'kubeExitCodePropagation', 'logPath', 'conmonPidFile', 'pid_file', 'runtime'],
  ...[
    'postConfigureNetNS',
    'mountAllDevices',
    'namespace',
    'imageEnvs',
    'ProcessLabel',
    'MountLabel',
    'addCurrentUserPasswdEntry',
  ],
]

/** `config.dump` of an archive of podman's: its ContainerConfig. Fields that are not known pass, see {@link unknownFields}. */
export const PodmanDocument = v.looseObject(taken)
export type PodmanDocument = v.InferOutput<typeof PodmanDocument>

/** The names of fields that say something which is not understood here. */
export function unknownFields(document: PodmanDocument): string[] {
  return Object.entries(document).flatMap(([name, value]) =>
    Object.hasOwn(taken, name) || unneeded.includes(name) || saysNothing(value) ? [] : [name],
  )
}

function saysNothing(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).every(saysNothing)
  return value === undefined || value === null || value === false || value === 0 || value === ''
}
