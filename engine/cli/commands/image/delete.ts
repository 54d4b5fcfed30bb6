import { command } from '../../command.ts'
import { imageFlags, placeFlags, placeInput, retryFlags, retryInput } from '../../skopeo/flags.ts'

export const imageDelete = command({
  summary: 'Delete image IMAGE-NAME',
  description:
    'Delete an "IMAGE_NAME" from a transport\nSupported transports:\ncontainers-storage, docker\n\nAt a registry, what the tag stands for is deleted: all its tags go with it.',
  usage: 'IMAGE-NAME',
  examples: ['berth image delete docker://registry.example.com/example/pause:latest'],
  flags: { ...placeFlags, ...imageFlags, ...retryFlags },
  args: { min: 1, max: 1 },
  async run({ args: [reference = ''], flags, engine }) {
    const { daemonHost: _, sharedBlobDir: __, ...access } = placeInput(flags)
    const api = await engine()
    await api['image.remoteDelete']({ reference, ...access, ...retryInput(flags) })
  },
})
