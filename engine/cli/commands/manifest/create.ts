import { command } from '../../command.ts'
import { bool, texts } from '../../parse/flags.ts'
import { requireAnnotations } from '../../flags/manifest-flags.ts'
import { maybe, tlsVerifyInput } from '../../flags/registry-flags.ts'
import { print } from '../../output/print.ts'

export const manifestCreate = command({
  summary: 'Create manifest list or image index',
  description:
    'Creates manifest lists or image indexes. Images are found in local storage, else at their registry; with a transport, anywhere.',
  usage: 'LIST [IMAGE...]',
  examples: ['berth manifest create mylist:v1.11', 'berth manifest create mylist:v1.11 arch-specific-image-to-add'],
  flags: {
    all: bool('', "add all of the lists' images if the images to add are lists"),
    amend: bool('a', 'modify an existing list if one with the desired name already exists'),
    annotation: texts('', 'set annotations on the new list'),
    'tls-verify': maybe('', 'require HTTPS and verify certificates when accessing the registry (default true)'),
  },
  args: { min: 1 },
  async run({ args: [name = '', ...images], flags, engine }) {
    requireAnnotations(flags.annotation)
    const { Id } = await (
      await engine()
    )['manifest.create']({
      name,
      images,
      all: flags.all,
      amend: flags.amend,
      annotation: flags.annotation,
      body: {},
      ...tlsVerifyInput(flags['tls-verify']),
    })
    print(`${Id}\n`)
  },
})
