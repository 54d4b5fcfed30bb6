import { closeSync, readFileSync, writeFileSync, writeSync } from 'node:fs'

import { type ForwardedPort, forwardPorts } from '../../../lib/host/forward-ports.ts'
import { command } from '../../command.ts'
import { textOr } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

/** What the engine starts for a container of an ordinary user that publishes ports on a bridge network. It runs until it is killed. */
export const networkForward = command({
  summary: 'Forward published ports to a container',
  usage: '/dev/fd/N:PROTOCOL:PORT [...]',
  local: true,
  flags: {
    target: textOr('', "File that holds the container's address", ''),
    'pid-file': textOr('', 'File to write the process id to', ''),
    ready: textOr('', 'Where it is said that all ports are listened on', '/dev/fd/3'),
  },
  args: { min: 1 },
  async run({ args, flags }) {
    writeFileSync(flags['pid-file'], String(process.pid), { mode: 0o600 })
    await forwardPorts(args.map(portOf), () => readTarget(flags.target))
    const ready = Number(flags.ready.slice('/dev/fd/'.length))
    writeSync(ready, 'ready\n')
    closeSync(ready)
    await new Promise<never>(() => {})
  },
})

function readTarget(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

/** @throws UsageError */
function portOf(text: string): ForwardedPort {
  const [, descriptor, protocol, port] = /^\/dev\/fd\/(\d{1,5}):(tcp|udp|udp6):(\d{1,5})$/.exec(text) ?? []
  if (descriptor === undefined) throw new UsageError(`${text} is not /dev/fd/N:PROTOCOL:PORT`)
  return { descriptor: Number(descriptor), protocol: protocol as ForwardedPort['protocol'], port: Number(port) }
}
