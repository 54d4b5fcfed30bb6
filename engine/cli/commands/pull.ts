import { EngineError } from '../../errors/index.ts'
import { command } from '../command.ts'
import { bool } from '../parse/flags.ts'
import { pullImage } from '../pull-image.ts'
import { pullInput, registryFlags } from '../registry-flags.ts'

export const pull = command({
  summary: 'Pull an image from a registry',
  description:
    "Pulls an image from a registry and stores it locally.\n\nAn image can be pulled by tag or digest. If a tag is not specified, the image with the 'latest' tag is pulled.",
  usage: 'IMAGE [IMAGE...]',
  examples: ['berth pull fedora:latest', 'berth pull --tls-verify=false localhost:5000/app'],
  notYet: 'decryption-key',
  flags: {
    ...registryFlags,
    'all-tags': bool('a', 'All tagged images in the repository will be pulled'),
    quiet: bool('q', 'Suppress output information when pulling images'),
  },
  args: { min: 1 },
  async run({ args, flags, engine }) {
    const api = await engine()
    let failed: unknown
    for (const name of args) {
      try {
        const reference = name.replace(/^docker:\/\//, '')
        process.stdout.write(
          `${await pullImage(api, { ...pullInput(reference, flags), allTags: flags['all-tags'] }, flags.quiet)}\n`,
        )
      } catch (error) {
        if (args.length > 1) process.stderr.write(`Error: ${EngineError.from(error).message}\n`)
        failed = error
      }
    }
    if (failed !== undefined && args.length === 1) throw failed
    return failed === undefined ? 0 : 125
  },
})
