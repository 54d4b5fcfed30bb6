import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { renderValue } from '../../output/report.ts'
import { text } from '../../parse/flags.ts'
import { print } from '../../output/print.ts'

export const artifactInspect = command({
  summary: 'Inspect an OCI artifact',
  description: 'Provide details on an OCI artifact',
  usage: 'ARTIFACT [ARTIFACT...]',
  examples: ['berth artifact inspect quay.io/myimage/myartifact:latest'],
  flags: { format: text('f', 'Format volume output using JSON or a Go template') },
  args: { min: 1 },
  async run({ args, flags: { format }, engine }) {
    const api = await engine()
    for (const name of args) {
      const artifact = await api['artifact.inspect']({ name })
      print(
        format === undefined || format === 'json'
          ? `${goJson(artifact, 5, true)}\n`
          : renderValue('inspect', 'libartifact.Artifact', format, artifact),
      )
    }
  },
})
