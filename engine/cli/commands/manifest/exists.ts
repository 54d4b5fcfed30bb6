import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'

export const manifestExists = command({
  summary: 'Check if a manifest list exists in local storage',
  description: 'If the manifest list exists in local storage, exits with 0, otherwise with 1.',
  usage: 'MANIFEST',
  flags: {},
  args: { min: 1, max: 1 },
  async run({ args: [name = ''], engine }) {
    try {
      await (await engine())['manifest.exists']({ name })
      return 0
    } catch (error) {
      if (EngineError.is(error, 'ImageNotFound', 'NotFound')) return 1
      throw error
    }
  },
})
