import { EngineError } from '../../errors/index.ts'
import { command } from '../command.ts'
import { exitCodeOf } from '../exit-code.ts'
import { bool } from '../parse/flags.ts'
import { UsageError } from '../parse/usage-error.ts'

/** As podman's: 1 for an image that is not there, 2 for one in use. */
function codeOf(error: unknown): number {
  if (EngineError.is(error, 'ImageNotFound', 'NotFound')) return 1
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
    const names = flags.all ? (await api['image.list']({ all: true })).map(({ Id }) => Id) : args
    let exitCode = 0
    for (const name of names) {
      try {
        // An image of several names goes as a whole only by force.
        const report = await api['image.remove']({ name, force: flags.force || flags.all, noprune: flags['no-prune'] })
        for (const each of report.Untagged ?? []) process.stdout.write(`Untagged: ${each}\n`)
        for (const each of report.Deleted ?? []) process.stdout.write(`Deleted: ${each}\n`)
      } catch (error) {
        if (flags.ignore && EngineError.is(error, 'ImageNotFound', 'NotFound')) continue
        process.stderr.write(`Error: ${EngineError.from(error).message}\n`)
        exitCode = codeOf(error)
      }
    }
    return exitCode
  },
})
