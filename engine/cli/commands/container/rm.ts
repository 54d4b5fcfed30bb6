import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { ExitError, exitCodeOf } from '../../exit-code.ts'
import { bool, number, texts } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { chooseContainers, forEach, type Target } from '../../flags/targets.ts'

/** As podman's: what `rm` does not find it says in other words, and with an exit code of its own. */
function missing(error: unknown): unknown {
  if (!EngineError.is(error, 'ContainerNotFound')) return error
  return new ExitError(1, error.message.replace('no container with name or ID', 'no container with ID or name'), error)
}

/** As podman's: 1 for a missing container, 2 for one whose state forbids removal, 125 for one that others depend on. */
function codeOf(error: unknown): number {
  if (EngineError.is(error, 'NotFound')) return 1
  return EngineError.is(error, 'ContainerStateInvalid', 'ContainerInUse') ? 2 : exitCodeOf(error)
}

export const rm = command({
  summary: 'Remove one or more containers',
  description: 'Removes containers from the host, by name or ID. Images stay. Running containers are not removed without -f.',
  usage: 'CONTAINER [CONTAINER...]',
  examples: ['berth rm web', 'berth rm --force --all'],
  flags: {
    all: bool('a', 'Remove all containers'),
    cidfile: texts('', 'Read the container ID from the file'),
    depend: bool('', 'Remove container and all containers that depend on the selected container'),
    filter: texts('', 'Filter output based on conditions given'),
    force: bool('f', 'Force removal of a running or unusable container'),
    ignore: bool('i', 'Ignore errors when a specified container is missing'),
    latest: bool('l', 'Act on the latest container'),
    time: number('t', 'Seconds to wait for stop before killing the container', { aliases: ['timeout'] }),
    volumes: bool('v', 'Remove anonymous volumes associated with the container'),
  },
  async run({ args, flags, engine }) {
    if (flags.time !== undefined && !flags.force)
      throw new UsageError('--force option must be specified to use the --time option')
    const api = await engine()
    const ignore = flags.ignore || flags.force
    const targets = await chooseContainers(api, args, { ...flags, ignore }).catch((error: unknown) => {
      if (flags.force && flags.latest && EngineError.is(error, 'ContainerNotFound')) return []
      throw missing(error)
    })
    const remove = async ({ ref, shown }: { ref: string; shown: string }) => {
      try {
        await api['container.remove']({
          name: ref,
          force: flags.force,
          v: flags.volumes,
          depend: flags.depend,
          timeout: flags.time,
        })
      } catch (error) {
        // With --all, another process may have removed it; --force, like podman's, ignores that too.
        const mayBeMissing = flags.ignore || flags.force || flags.all
        if (mayBeMissing && EngineError.is(error, 'ContainerNotFound', 'NotFound')) return undefined
        throw missing(error)
      }
      return shown
    }
    return flags.all ? removeAll(targets, remove) : forEach(targets, remove, codeOf)
  },
})

/** All at once; those that others depend on again, once some of the others are gone. @returns the exit code. */
async function removeAll(targets: readonly Target[], remove: (target: Target) => Promise<string | undefined>): Promise<number> {
  let left = targets
  let code = 0
  for (;;) {
    const waiting: Target[] = []
    const mayWait = left.length > 1
    const attempt = (target: Target) =>
      remove(target).catch((error: unknown) => {
        if (!mayWait || !EngineError.is(error, 'ContainerDependency')) throw error
        waiting.push(target)
        return undefined
      })
    code = (await forEach(left, attempt, codeOf)) || code
    if (waiting.length === 0) return code
    // Nothing went: the next failure is the answer.
    if (waiting.length === left.length) return (await forEach(waiting, remove, codeOf)) || code
    left = waiting
  }
}
