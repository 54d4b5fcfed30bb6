import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { initProgram } from '../../containers/spec/mounts.ts'
import type { PodmanDocument } from './document.ts'

/** What every container has at these places, or takes from the namespaces it shares. */
const ofEveryContainer = ['/proc', '/dev', '/dev/pts', '/dev/mqueue', '/dev/shm', '/sys', '/sys/fs/cgroup', initProgram]
/** What `--read-only` adds. */
const ofReadOnly = ['/tmp', '/var/tmp', '/run']
/** Names that podman gives to volumes without one. */
const anonymous = /^[0-9a-f]{64}$/

/** What is mounted besides what every container has. */
export function mountsOf(config: PodmanDocument): ContainerSpec {
  return {
    mounts: plainMounts(config),
    volumes: (config.namedVolumes ?? []).map(({ volumeName, dest, options, isAnonymous, SubPath }) => ({
      ...(isAnonymous || anonymous.test(volumeName) ? {} : { Name: volumeName }),
      Dest: dest,
      Options: options ?? [],
      ...(SubPath ? { SubPath } : {}),
    })),
    overlay_volumes: (config.overlayVolumes ?? []).map(({ dest, source, options }) => ({
      destination: dest,
      source,
      options: options ?? [],
    })),
    image_volumes: (config.ctrImageVolumes ?? []).map(({ source, dest, rw, subPath }) => ({
      Source: source,
      Destination: dest,
      ReadWrite: rw ?? false,
      ...(subPath ? { subPath } : {}),
    })),
    // Those of the image are among the named ones.
    image_volume_mode: 'ignore',
    secrets: (config.secrets ?? []).map(({ name, Target, UID, GID, Mode }) => ({ Source: name, Target, UID, GID, Mode })),
    chroot_directories: config.chroot_directories,
    shm_size: config.shmSize ?? undefined,
    shm_size_systemd: config.shmSizeSystemd || undefined,
    read_write_tmpfs: config.readWriteTmpfs ?? undefined,
  }
}

function plainMounts({ spec, userVolumes }: PodmanDocument): NonNullable<ContainerSpec['mounts']> {
  const asked = new Set(userVolumes)
  const readOnly = spec.root?.readonly ? ofReadOnly : []
  const found = (spec.mounts ?? []).filter(
    ({ destination }) => asked.has(destination) || ![...ofEveryContainer, ...readOnly].includes(destination),
  )
  const odd = found.find(({ destination }) => !asked.has(destination))
  if (odd)
    throw new EngineError(
      'CheckpointInvalid',
      `The archive of podman's has a mount at ${JSON.stringify(odd.destination.slice(0, 200))} that its container did not ask for, which cannot be taken over; restore it with podman.`,
      { details: { destination: odd.destination.slice(0, 200) } },
    )
  return found
}
