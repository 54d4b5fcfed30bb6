import { command } from '../../command.ts'
import { bool } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { print, printError } from '../../output/print.ts'

export const rmi = command({
  summary: 'Remove one or more images from local storage',
  usage: 'IMAGE [IMAGE...]',
  flags: {
    all: bool('a', 'Remove all images'),
    force: bool('f', 'Force removal of the image, and of the containers that use it'),
    ignore: bool('i', 'Ignore errors if a specified image does not exist'),
    'no-prune': bool('', 'Do not remove dangling parents of the image'),
  },
  async run({ args, flags, engine }) {
    if (args.length === 0 && !flags.all) throw new UsageError('image name or ID must be specified')
    if (args.length > 0 && flags.all)
      throw new UsageError('when using the --all switch, you may not pass any images names or IDs')
    const report = await (
      await engine()
    )['image.removeMany']({
      images: args,
      all: flags.all,
      force: flags.force,
      // With force a missing image is success.
      ignore: flags.ignore || flags.force,
      noprune: flags['no-prune'],
    })
    for (const each of report.Untagged ?? []) print(`Untagged: ${each}\n`)
    for (const each of report.Deleted ?? []) print(`Deleted: ${each}\n`)
    const errors = report.Errors ?? []
    if (errors.length > 0) printError(`Error: ${text(errors)}\n`)
    return report.ExitCode
  },
})

/** As podman prints several failures. */
function text(errors: readonly string[]): string {
  return errors.length === 1 ? errors[0]! : `${errors.length} errors occurred:\n${errors.map((each) => `\t* ${each}`).join('\n')}`
}
