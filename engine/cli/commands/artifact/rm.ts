import { command } from '../../command.ts'
import { bool } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { print } from '../../output/print.ts'

export const artifactRm = command({
  summary: 'Remove an OCI artifact',
  description: 'Remove an OCI artifact from local storage',
  usage: 'ARTIFACT',
  examples: ['berth artifact rm quay.io/myimage/myartifact:latest', 'berth artifact rm -a'],
  flags: { all: bool('a', 'Remove all artifacts') },
  async run({ args, flags, engine }) {
    if (flags.all && args.length > 0)
      throw new UsageError('when using the --all switch, you may not pass any artifact names or digests')
    if (!flags.all && args.length === 0) throw new UsageError('a single artifact name or digest must be specified')
    if (args.length > 1) throw new UsageError('too many arguments: only accepts one artifact name or digest')
    const api = await engine()
    const names = flags.all ? (await api['artifact.list']({})).map(({ Name }) => Name) : args
    for (const name of names) {
      const { ArtifactDigests } = await api['artifact.remove']({ name })
      print(ArtifactDigests.map((digest) => `${digest.replace(/^sha256:/, '')}\n`).join(''))
    }
  },
})
