import { closeSync, createReadStream, existsSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs'

import type { Engine } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { longCall, readUntil } from '../../terminal/interrupt.ts'
import { bool, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { print } from '../../output/print.ts'

export const load = command({
  summary: 'Load image(s) from a tar archive',
  description:
    'Loads images from an archive or folder that save wrote: docker-archive, oci-archive, oci-dir or docker-dir, plain or compressed with gzip, zstd, xz or bzip2.',
  examples: ['berth load -i app.tar', 'berth load -i https://example.com/app.tar.gz', 'berth load < app.tar'],
  flags: {
    input: text('i', 'Read from specified archive file (default: stdin)'),
    quiet: bool('q', 'Suppress the output'),
  },
  args: { max: 0 },
  async run({ flags, engine, remote }) {
    const input = flags.input || undefined
    if (input === undefined && process.stdin.isTTY)
      throw new UsageError('cannot read from terminal, use command-line redirection or the --input flag')
    const api = await engine()
    const options = longCall(flags.quiet)
    const { Names } = await (input === undefined ? loadInput(api, remote, options) : loadFrom(api, input, remote, options))
    print(Names.map((name) => `Loaded image: ${name}\n`).join(''))
    return 0
  },
})

type Loaded = Promise<{ Names: string[] }>
type Options = ReturnType<typeof longCall>

async function loadFrom(api: Engine, input: string, remote: boolean, options: Options): Loaded {
  if (!remote || /^https?:\/\//.test(input)) return api['image.loadLocal']({ path: input }, options)
  if (!existsSync(input))
    throw new EngineError('NotFound', `faccessat ${input}: no such file or directory`, { details: { path: input } })
  if (statSync(input).isDirectory()) throw new UsageError(`remote client supports archives only but "${input}" is a directory`)
  return api['image.load']({ body: readUntil(createReadStream(input, { highWaterMark: 1024 * 1024 }), options.signal) }, options)
}

/** A file as standard input is read directly; anything else is sent. */
function loadInput(api: Engine, remote: boolean, options: Options): Loaded {
  if (!remote && isReadableFile('/dev/stdin')) return api['image.loadLocal']({ path: '/dev/stdin' }, options)
  return api['image.load']({ body: readUntil(process.stdin, options.signal) }, options)
}

function isReadableFile(path: string): boolean {
  try {
    const fd = openSync(path, 'r')
    try {
      // Opened again, it is read from its beginning.
      return fstatSync(fd).isFile() && /^pos:\s*0$/m.test(readFileSync('/proc/self/fdinfo/0', 'utf8'))
    } finally {
      closeSync(fd)
    }
  } catch {
    return false
  }
}
