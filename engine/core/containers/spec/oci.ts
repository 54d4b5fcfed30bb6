/** The parts of the OCI runtime specification (config.json, version 1.2) that this engine writes. */

export interface OciMount {
  destination: string
  type: string
  source: string
  options: string[]
}

export interface OciUser {
  uid: number
  gid: number
  umask?: number
  additionalGids?: number[]
}

export interface OciProcess {
  terminal: boolean
  user: OciUser
  args: string[]
  env: string[]
  cwd: string
  capabilities?: { bounding: string[]; effective: string[]; permitted: string[]; inheritable?: string[]; ambient?: string[] }
  rlimits?: { type: string; hard: number; soft: number }[]
  noNewPrivileges?: boolean
  apparmorProfile?: string
  oomScoreAdj?: number
}

export interface OciDevice {
  path: string
  type: 'c' | 'b' | 'p'
  major: number
  minor: number
  fileMode?: number
  uid?: number
  gid?: number
}

export interface OciDeviceRule {
  allow: boolean
  type?: string
  major?: number
  minor?: number
  access?: string
}

export interface OciNamespace {
  type: 'pid' | 'network' | 'ipc' | 'uts' | 'mount' | 'cgroup' | 'user'
  path?: string
}

export interface OciSeccomp {
  defaultAction: string
  defaultErrnoRet?: number
  architectures?: string[]
  flags?: string[]
  listenerPath?: string
  listenerMetadata?: string
  syscalls: {
    names: string[]
    action: string
    errnoRet?: number
    args?: { index: number; value: number; valueTwo?: number; op: string }[]
  }[]
}

export interface OciSpec {
  ociVersion: string
  process: OciProcess
  root: { path: string; readonly: boolean }
  hostname?: string
  mounts: OciMount[]
  annotations: Record<string, string>
  linux: {
    sysctl?: Record<string, string>
    resources: { devices: OciDeviceRule[]; [controller: string]: unknown }
    cgroupsPath?: string
    namespaces: OciNamespace[]
    devices?: OciDevice[]
    seccomp?: OciSeccomp
    /** The class of service of resctrl(5)'s file system. */
    intelRdt?: { closID: string }
    maskedPaths?: string[]
    readonlyPaths?: string[]
    rootfsPropagation?: string
  }
}
