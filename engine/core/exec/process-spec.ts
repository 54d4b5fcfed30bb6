import { readFileSync } from 'node:fs'
import path from 'node:path'

import type { ContainerRecord, ExecConfig } from '../../store/index.ts'
import { boundingCapabilities } from '../containers/spec/capabilities.ts'
import type { OciProcess, OciSpec } from '../containers/spec/oci.ts'
import { namedGroups } from '../containers/lifecycle/add-accounts.ts'
import { type ContainerUser, lookUpUser } from '../containers/spec/user.ts'
import { containerPaths } from '../paths.ts'

/**
 * The OCI `process` of a command in a running container: the container's own, with what the command changes.
 *
 * @throws EngineError `CommandNotExecutable` for an unknown user.
 */
export function processSpec(
  context: { root: string; runRoot: string },
  container: ContainerRecord,
  config: ExecConfig,
): OciProcess {
  const file = path.join(containerPaths(context, container.id).bundle, 'config.json')
  const { process: own } = JSON.parse(readFileSync(file, 'utf8')) as OciSpec
  const { spec, rootfs, user: ownUser, workdir } = container.config
  const options = { nodev: rootfs === '', home: config.user === ownUser ? workdir : '/' }
  const user = lookUpUser(`/proc/${container.state.pid}/root`, config.user, namedGroups(spec.groups ?? []), options)
  const privileged = config.privileged ? allCapabilities() : undefined
  const capabilities = privileged ?? own.capabilities
  return {
    ...own,
    terminal: config.terminal,
    user: { ...own.user, uid: user.uid, gid: user.gid, additionalGids: groupsOf(user, config.user, ownUser) },
    args: config.command,
    env: mergeEnvironment(own.env, config, user.home),
    cwd: config.workdir || '/',
    capabilities: capabilities && forUser(capabilities, user.uid),
  }
}

/** A user that the command asks for is in their own group once, as podman does. */
function groupsOf({ gid, groups }: ContainerUser, asked: string, own: string): number[] {
  return asked === own ? groups : groups.filter((each) => each !== gid)
}

function allCapabilities(): OciProcess['capabilities'] {
  const all = boundingCapabilities()
  return { bounding: all, effective: all, permitted: all }
}

/** As for the container itself: root has all it may have, also where the container runs as another user; others start with none. */
function forUser({ bounding }: NonNullable<OciProcess['capabilities']>, uid: number): OciProcess['capabilities'] {
  return uid === 0
    ? { bounding, effective: bounding, permitted: bounding }
    : { bounding, effective: [], permitted: [], inheritable: [], ambient: [] }
}

function mergeEnvironment(base: readonly string[], config: ExecConfig, home: string): string[] {
  const merged = new Map(base.map((entry) => [nameOf(entry), entry]))
  merged.set('HOME', `HOME=${home}`)
  if (config.terminal && !merged.has('TERM')) merged.set('TERM', 'TERM=xterm')
  for (const entry of config.env) merged.set(nameOf(entry), entry)
  return [...merged.values()]
}

function nameOf(entry: string): string {
  return entry.split('=', 1)[0] ?? entry
}
