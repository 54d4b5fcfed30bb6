import { EngineError } from '../../errors/index.ts'
import { type ContainerRecord, type Database, nameOwner } from '../../store/index.ts'
import type { Verb } from '../verb.ts'
import { createContainer } from './create.ts'
import { mergeSpec } from './edit/merge-spec.ts'
import { isLive } from './lifecycle/transitions.ts'
import { locate } from './records/locate.ts'
import { removeContainer } from './remove.ts'
import { start } from './start.ts'

/**
 * Makes a container of another one's request, with some fields replaced. It shares the named volumes, and none of the files that the
 * other one wrote.
 */
export const clone: Verb<'container.clone'> = async (context, { name, destroy, force, run, body }, options) => {
  const original = await locate(context, name)
  if (force && !destroy)
    throw new EngineError('InvalidArgument', 'cannot set --force without --destroy: invalid argument', {
      details: { field: 'force' },
    })
  if (destroy && !force && isLive(original)) {
    const message = `cannot remove container ${original.id} as it is ${original.state.status} - running or paused containers cannot be removed without force: container state improper`
    throw new EngineError('ContainerStateInvalid', message, { details: { container: original.id } })
  }
  const { record, warnings } = await createContainer(context, specOf(context.database, original, body), {
    ...(body.image || body.rootfs || !original.config.image ? {} : { keptImage: original.config.image }),
  })
  if (destroy) await removeContainer(context, original.id, { force, signal: options.signal })
  if (run) await start(context, { name: record.id }, options)
  return { Id: record.id, Warnings: warnings }
}

type Body = Parameters<typeof clone>[1]['body']

function specOf(database: Database, { name, pod, config }: ContainerRecord, body: Body): ContainerRecord['config']['spec'] {
  const { name: _name, cidfile: _file, conmon_pid_file: _conmon, pid_file: _pid, ...before } = config.spec
  const spec = mergeSpec(before, body)
  return { ...spec, name: body.name || freeName(database, `${name}-clone`), ...(pod === null || spec.pod ? {} : { pod }) }
}

/** As podman's: with a number behind it where the name is taken. */
function freeName(database: Database, wanted: string): string {
  let name = wanted
  for (let number = 1; nameOwner(database, name); number += 1) name = `${wanted}${number}`
  return name
}
