import { type ContainerSpec, parseInput, type PodSpec } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { type ContainerRecord, type Database, nameOwner } from '../../store/index.ts'
import { clone as cloneContainer } from '../containers/clone.ts'
import { mergeSpec } from '../containers/edit/merge-spec.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { create } from './create.ts'
import { inStartOrder, locatePod } from './members.ts'
import { remove } from './remove.ts'
import { start } from './start.ts'

/**
 * Makes a pod of another one's request, with some fields replaced, and clones of its containers in it. They share volumes, and none
 * of the files that the others wrote. On failure nothing is left, and the other pod is as it was.
 */
export const clone: Verb<'pod.clone'> = async (context, { name, destroy, start: starts, body }, options) => {
  const { pod, members } = await locatePod(context, name)
  const made = await create(context, { body: podSpecOf(context.database, pod.name, pod.config.spec, body) }, options)
  const warnings = [...(made.Warnings ?? [])]
  try {
    const clones = new Map<string, string>(
      pod.config.infraId === '' ? [] : [[pod.config.infraId, await infraOf(context, made.Id)]],
    )
    for (const member of inStartOrder(context, members).filter(({ config }) => !config.isInfra)) {
      const copy = await cloneContainer(
        context,
        parseInput('container.clone', { name: member.id, body: { pod: made.Id, ...leadingTo(clones, member, members) } }),
        options,
      )
      warnings.push(...copy.Warnings)
      clones.set(member.id, copy.Id)
    }
  } catch (error) {
    await remove(context, parseInput('pod.remove', { name: made.Id, force: true }), {})
    throw error
  }
  if (destroy) await remove(context, parseInput('pod.remove', { name: pod.id, force: true }), options)
  if (starts) {
    const { Errs } = await start(context, parseInput('pod.start', { name: made.Id }), options)
    if (Errs && Errs.length > 0)
      throw new EngineError(
        'RuntimeFailed',
        `Pod ${made.Id} was cloned, but not all of it could be started: ${Errs.join('; ')}`,
        {
          details: { pod: made.Id },
        },
      )
  }
  return { Id: made.Id, Warnings: [...new Set(warnings)] }
}

async function infraOf(context: Context, podId: string): Promise<string> {
  return (await locatePod(context, podId)).pod.config.infraId
}

function podSpecOf(database: Database, name: string, before: PodSpec, given: PodSpec): PodSpec {
  const { name: _name, infra_name, infra_conmon_pid_file: _file, pod_create_command: _command, ...kept } = before
  // Both requests have limits and lists under the same names.
  const merged = mergeSpec(kept as ContainerSpec, given as ContainerSpec) as PodSpec
  return {
    ...merged,
    name: given.name || freeName(database, `${name}-clone`),
    ...(infra_name && !given.infra_name ? { infra_name: freeName(database, `${infra_name}-clone`) } : {}),
  }
}

/** What names another member in a request names that one's clone. */
function leadingTo(
  clones: ReadonlyMap<string, string>,
  { config: { spec } }: ContainerRecord,
  members: readonly ContainerRecord[],
): ContainerSpec {
  const cloneOf = (named: string) => {
    const member = members.find(({ id, name }) => name === named || id === named || (named.length > 11 && id.startsWith(named)))
    return (member && clones.get(member.id)) ?? named
  }
  const namespaces = Object.fromEntries(
    (['netns', 'pidns', 'ipcns', 'utsns', 'cgroupns'] as const).flatMap((kind) => {
      const { nsmode, value = '' } = spec[kind] ?? {}
      return nsmode === 'container' && cloneOf(value) !== value ? [[kind, { nsmode, value: cloneOf(value) }]] : []
    }),
  )
  const required = spec.dependencyContainers ?? []
  return { ...namespaces, ...(required.length > 0 ? { dependencyContainers: required.map(cloneOf) } : {}) }
}

/** As podman's: with a number behind it where the name is taken. */
function freeName(database: Database, wanted: string): string {
  let name = wanted
  for (let number = 1; nameOwner(database, name); number += 1) name = `${wanted}${number}`
  return name
}
