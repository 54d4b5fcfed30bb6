import path from 'node:path'

/** A container's paths: below the store for as long as it exists, below the run root while it runs. */
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
  /** Where conmon writes that the kernel ended it because memory ran out. */
  persist: string
  shm: string
  /** Mounts that were made for the container: overlays, parts of volumes. Apart from `run`, which is removed as a whole. */
  mounts: string
  /** There while the runtime has hooks to run after the container's end. */
  poststop: string
  hosts: string
  hostname: string
  resolvConf: string
  /** Shared by all containers: conmon writes `exits/ID` when one ends. */
  exits: string
}

/** The paths of container `id`; nothing is made. */
export function containerPaths({ root, runRoot }: { root: string; runRoot: string }, id: string): ContainerPaths {
  // Not through path.join, which takes long for something asked so often.
  const folder = `${root}/containers/${id}`
  const run = `${runRoot}/containers/${id}`
  return {
    folder,
    bundle: `${folder}/bundle`,
    log: `${folder}/log/ctr.log`,
    checkpoint: `${folder}/checkpoint`,
    artifacts: `${folder}/artifacts`,
    run,
    pidFile: `${run}/pidfile`,
    conmonPidFile: `${run}/conmon.pid`,
    ociLog: `${run}/oci-log`,
    persist: `${run}/persist`,
    shm: `${folder}/shm`,
    mounts: `${runRoot}/mounts/${id}`,
    poststop: `${run}/poststop`,
    hosts: `${run}/hosts`,
    hostname: `${run}/hostname`,
    resolvConf: `${run}/resolv.conf`,
    exits: `${runRoot}/exits`,
  }
}

/** The folder of an exec session. */
export function execFolder(context: { runRoot: string }, container: string, session: string): string {
  return path.join(context.runRoot, 'containers', container, 'exec', session)
}
