import { createReadStream, existsSync } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { longCall, readUntil } from '../../terminal/interrupt.ts'

export const volumeImport = command({
  summary: 'Import a tarball contents into a volume',
  description: 'Imports contents into a volume from a tar archive, plain or compressed: from a file, or from standard input (-).',
  usage: 'VOLUME SOURCE',
  examples: ['berth volume import my_vol /home/user/import.tar', 'cat ctr.tar | berth volume import my_vol -'],
  flags: {},
  args: { min: 2, max: 2 },
  async run({ args, engine }) {
    const [name, source] = args as [string, string]
    const options = longCall(true)
    if (source !== '-' && !existsSync(source))
      throw new EngineError('NotFound', `open ${source}: no such file or directory`, { details: { path: source } })
    const body =
      source === '-' ? readUntil(process.stdin, options.signal) : createReadStream(source, { highWaterMark: 1024 * 1024 })
    await (await engine())['volume.import']({ name, body }, options)
    return 0
  },
})
