// The recorder of resource use as a program: `berth --outside --entry=usage`, for the whole host, or with `--folder FOLDER --socket PATH`
// for the user who runs it. Ends with a signal, and with the other end of its input where `--with-input` says so.
import { parseArgs } from 'node:util'

import { hostSocket } from './protocol.ts'
import { runRecorder } from './run-recorder.ts'

delete process.env['BERTH_NODE_FLAGS']

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    socket: { type: 'string' },
    host: { type: 'boolean' },
    'with-input': { type: 'boolean' },
  },
})

try {
  const recorder = await runRecorder({
    kind: values.host ? 'host' : 'service',
    folder: values.folder ?? '/var/lib/berth-usage',
    socket: values.socket ?? hostSocket,
    ...(values.host ? {} : { only: process.getuid?.() ?? 0 }),
    log: (line) => void process.stderr.write(`${line}\n`),
  })
  const end = (): void => {
    recorder.close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end)
  if (values['with-input']) process.stdin.once('end', end).once('close', end).once('error', end).resume()
} catch (error) {
  process.stderr.write(`Error: ${(error as Error).message}\n`)
  process.exitCode = 1
}
