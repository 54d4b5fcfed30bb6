import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { placeFlags, placeInput, retryFlags, retryInput } from '../../skopeo/flags.ts'
import { print } from '../../output/print.ts'

export const imageListTags = command({
  summary: 'List tags in the transport/repository specified by the SOURCE-IMAGE',
  description:
    'Return the list of tags from the transport/repository "SOURCE-IMAGE"\n\nSupported transports:\ndocker docker-archive',
  usage: 'SOURCE-IMAGE',
  examples: ['berth image list-tags docker://docker.io/fedora'],
  flags: { ...placeFlags, ...retryFlags },
  args: { min: 1, max: 1 },
  async run({ args: [reference = ''], flags, engine }) {
    const { daemonHost: _, sharedBlobDir: __, ...access } = placeInput(flags)
    const api = await engine()
    const { Repository, Tags } = await api['image.remoteTags']({ reference, ...access, ...retryInput(flags) })
    print(`${goJson({ ...(Repository ? { Repository } : {}), Tags }, 4, true)}\n`)
  },
})
