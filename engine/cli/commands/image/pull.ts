import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { bool, textOr } from '../../parse/flags.ts'
import { pullImage } from '../../transfer/pull-image.ts'
import { decryptionKey, pullInput, refuseKeys, registryFlags, requireAuthfile } from '../../flags/registry-flags.ts'
import { print, printError } from '../../output/print.ts'

type Policy = 'always' | 'missing' | 'newer' | 'never'

export const pull = command({
  summary: 'Pull an image from a registry',
  description:
    "Pulls an image from a registry and stores it locally, or from an archive or folder when the name begins with its transport (oci-archive:PATH, docker-archive:PATH, oci:PATH, dir:PATH).\n\nAn image can be pulled by tag or digest. If a tag is not specified, the image with the 'latest' tag is pulled.",
  usage: 'IMAGE [IMAGE...]',
  examples: [
    'berth pull fedora:latest',
    'berth pull --tls-verify=false localhost:5000/app',
    'berth pull --all-tags quay.io/podman/hello',
    'berth pull oci-archive:/tmp/image.tar',
  ],
  flags: {
    'decryption-key': decryptionKey,
    ...registryFlags,
    'all-tags': bool('a', 'All tagged images in the repository will be pulled'),
    policy: textOr('', 'Pull image policy: always, missing, newer or never', 'always', {
      choices: ['always', 'missing', 'newer', 'never'],
    }),
    quiet: bool('q', 'Suppress output information when pulling images'),
  },
  args: { min: 1 },
  async run({ args, flags, engine, remote }) {
    refuseKeys(flags['decryption-key'])
    await requireAuthfile(flags.authfile, remote)
    const api = await engine()
    const inputs = args.map((name) => ({ ...pullInput(name, flags), allTags: flags['all-tags'], policy: flags.policy as Policy }))
    let failed: unknown
    for (const input of inputs) {
      try {
        for (const id of await pullImage(api, input, flags.quiet)) print(`${id}\n`)
      } catch (error) {
        // The last failure is printed at the end, as podman does.
        if (failed !== undefined) printError(`Error: ${EngineError.from(failed).message}\n`)
        failed = error
        if (EngineError.is(error, 'Cancelled')) break
      }
    }
    if (failed !== undefined) throw failed
  },
})
