import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'

import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { ContainerConfig } from '../../../store/index.ts'
import { timezoneFile } from './timezone.ts'

/**
 * Whether what the request says of programs, names and zones is there.
 *
 * @returns sentences about what has no effect here.
 * @throws EngineError `InvalidArgument`, with podman's message.
 */
export function checkIdentity(
  spec: ContainerSpec,
  { runtime, cgroupManager }: Pick<ContainerConfig, 'runtime' | 'cgroupManager'>,
): string[] {
  timezoneFile(spec.timezone ?? '')
  if (spec.init_path) checkInit(spec.init_path)
  checkHostsFile(spec.base_hosts_file ?? '')
  checkGroups(spec)
  if (spec.umask && !/^[0-7]{1,4}$/.test(spec.umask))
    throw invalid('umask', `running container create option: invalid umask string ${spec.umask}: invalid argument`)
  const warnings = keptGroups(spec, path.basename(runtime))
  for (const folder of spec.chroot_directories ?? [])
    if (!path.isAbsolute(folder))
      throw invalid(
        'chroot_directories',
        `The chroot directory ${JSON.stringify(folder)} (--chrootdirs) must be an absolute path.`,
      )
  if (cgroupManager === 'cgroupfs' && spec.cgroup_parent?.endsWith('.slice'))
    throw invalid('cgroup_parent', 'systemd slice received as cgroup parent when using cgroupfs: invalid argument')
  return [...warnings, ...checkPersonality(spec, path.basename(runtime))]
}

function checkInit(file: string): void {
  try {
    accessSync(file, constants.X_OK)
    if (path.isAbsolute(file) && statSync(file).isFile()) return
  } catch {
    // The same sentence.
  }
  throw invalid('init_path', `container-init binary not found on the host: faccessat ${file}: no such file or directory`)
}

function checkHostsFile(file: string): void {
  if (['', 'none', 'image'].includes(file)) return
  if (path.isAbsolute(file) && statSync(file, { throwIfNoEntry: false })?.isFile()) return
  throw invalid(
    'base_hosts_file',
    `failed to create new hosts file: open ${file}: give the absolute path of a file, none or image (--hosts-file)`,
  )
}

function checkGroups({ groups }: ContainerSpec): void {
  if ((groups ?? []).includes('keep-groups') && (groups ?? []).length > 1)
    throw invalid('groups', "the '--group-add keep-groups' option is not allowed with any other --group-add options")
}

/** crun alone leaves the caller's groups to the container. */
function keptGroups({ groups }: ContainerSpec, runtime: string): string[] {
  const kept = (groups ?? []).includes('keep-groups')
  return kept && runtime !== 'crun' ? [`--group-add keep-groups may have no effect: ${runtime} does not know it, crun does.`] : []
}

const domains = ['LINUX', 'LINUX32']

function checkPersonality({ personality }: ContainerSpec, runtime: string): string[] {
  const domain = personality?.domain
  if (!domain) return []
  if (!domains.includes(domain))
    throw invalid('personality.domain', `The personality ${JSON.stringify(domain)} is not known: use ${domains.join(' or ')}.`)
  return runtime === 'runc' ? ['--personality may have no effect: runc knows it from version 1.2 on.'] : []
}

function invalid(field: string, message: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { field } })
}
