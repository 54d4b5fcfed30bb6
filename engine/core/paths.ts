import path from 'node:path'

/** Where a container keeps what: below the store for as long as it exists, below the run root while it runs. */
export interface ContainerPaths {
  /** In the store: writable layer, bundle, log. */
  folder: string
  /** Holds config.json; conmon puts its attach socket and `ctl` beside it. */
  bundle: string
  /** The k8s-file log where the caller names no other. */
  log: string
  checkpoint: string
  artifacts: string
  /** Below the run root. */
  run: string
  pidFile: string
  conmonPidFile: string
  ociLog: string
  /** Where conmon writes that the kernel ended it for want of memory. */
  persist: string
  shm: string
  hosts: string
  hostname: string
  resolvConf: string
  /** Shared by all containers: conmon writes `exits/ID` when one ends. */
  exits: string
}

/** The paths of container `id`; nothing is made. */
export function containerPaths({ root, runRoot }: { root: string; runRoot: string }, id: string): ContainerPaths {
  const folder = path.join(root, 'containers', id)
  const run = path.join(runRoot, 'containers', id)
  return {
    folder,
    bundle: path.join(folder, 'bundle'),
    log: path.join(folder, 'log', 'ctr.log'),
    checkpoint: path.join(folder, 'checkpoint'),
    artifacts: path.join(folder, 'artifacts'),
    run,
    pidFile: path.join(run, 'pidfile'),
    conmonPidFile: path.join(run, 'conmon.pid'),
    ociLog: path.join(run, 'oci-log'),
    persist: path.join(run, 'persist'),
    shm: path.join(folder, 'shm'),
    hosts: path.join(run, 'hosts'),
    hostname: path.join(run, 'hostname'),
    resolvConf: path.join(run, 'resolv.conf'),
    exits: path.join(runRoot, 'exits'),
  }
}

/** The folder of an exec session. */
export function execFolder(context: { runRoot: string }, container: string, session: string): string {
  return path.join(context.runRoot, 'containers', container, 'exec', session)
}

/** The folder of a named volume's files. */
export function volumeData(context: { root: string }, name: string): string {
  return path.join(context.root, 'volumes', name, '_data')
}
