import type { Engine } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { command } from '../command.ts'
import { exitCodeOf } from '../exit-code.ts'
import { bool } from '../parse/flags.ts'
import { UsageError } from '../parse/usage-error.ts'

/** As podman's: 1 for an image that is not there, 2 for one in use. */
function codeOf(error: unknown): number {
  if (EngineError.is(error, 'ImageNotFound', 'NotFound')) return 1
  // Several names are no use: that is a general failure.
  if (EngineError.is(error, 'ImageInUse') && error.details['names'] !== undefined) return 125
  return EngineError.is(error, 'ImageInUse', 'ContainerStateInvalid') ? 2 : exitCodeOf(error)
}

export const rmi = command({
  summary: 'Remove one or more images from local storage',
  usage: 'IMAGE [IMAGE...]',
  flags: {
    all: bool('a', 'Remove all images'),
    force: bool('f', 'Force removal of the image, and of the containers that use it'),
    ignore: bool('i', 'Ignore errors if a specified image does not exist'),
    'no-prune': bool('', 'Do not remove dangling images'),
  },
  async run({ args, flags, engine }) {
    if (args.length === 0 && !flags.all) throw new UsageError('image name or ID must be specified')
    if (args.length > 0 && flags.all)
      throw new UsageError('when using the --all switch, you may not pass any images names or IDs')
    const api = await engine()
    const names = flags.all ? (await api['image.list']({ all: true })).filter(isOurs).map(({ Id }) => Id) : args
    const errors: unknown[] = []
    for (const name of names) {
      try {
        // An image of several names goes as a whole only by force.
        const force = flags.force || (flags.all && !(await inUse(api, name)))
        const report = await api['image.remove']({ name, force, noprune: flags['no-prune'] })
        for (const each of report.Untagged ?? []) process.stdout.write(`Untagged: ${each}\n`)
        for (const each of report.Deleted ?? []) process.stdout.write(`Deleted: ${each}\n`)
      } catch (error) {
        // With --all, another process may have been faster; --force is content when it is gone, as podman's.
        if ((flags.ignore || flags.all || flags.force) && EngineError.is(error, 'ImageNotFound', 'NotFound')) continue
        errors.push(error)
      }
    }
    if (errors.length > 0) process.stderr.write(`Error: ${text(errors)}\n`)
    return Math.max(0, ...errors.map(codeOf))
  },
})

const isOurs = (image: { ReadOnly?: boolean }): boolean => image.ReadOnly !== true

/** `rmi --all` does not take containers along. */
async function inUse(api: Engine, id: string): Promise<boolean> {
  const containers = await api['container.list']({ all: true, filters: { ancestor: [id] } })
  return containers.length > 0
}

/** As podman tells several failures. */
function text(errors: readonly unknown[]): string {
  const texts = errors.map((error) => EngineError.from(error).message)
  return texts.length === 1 ? texts[0]! : `${texts.length} errors occurred:\n${texts.map((each) => `\t* ${each}\n`).join('')}`
}
