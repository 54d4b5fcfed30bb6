import { connect, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'

import { type Call, command, type RemoteOptions } from '../../command.ts'
import { UsageError } from '../../parse/usage-error.ts'

export const dialStdio = command({
  summary: 'Proxy the stdio stream to the daemon connection',
  description:
    'Joins standard input and output with the API service, for one connection: what `docker -H ssh://HOST` runs on the other side. Where no service of this store answers, one is started that ends once it is idle. With --url or --connection it is the engine there.',
  flags: {},
  args: { max: 0 },
  run: ({ global, engine }) => (global.remote ? joinElsewhere(global.remote) : joinHere(engine, global)),
})

async function joinHere(engine: Call['engine'], { context }: Call['global']): Promise<void> {
  const { host, store } = await (await engine())['system.info']({})
  const { connectSharedService } = await import('../../service/shared-service.ts')
  const options = { ...context, root: store.graphRoot, runRoot: store.runRoot }
  await join(await connectSharedService({ options, socket: host.remoteSocket?.path ?? '' }))
}

async function joinElsewhere(remote: RemoteOptions): Promise<void> {
  const { engineElsewhere } = await import('../../remote/engine-elsewhere.ts')
  const { url, close } = await engineElsewhere(remote)
  try {
    if (!url.startsWith('unix://')) throw new UsageError(`dial-stdio reaches unix:// and ssh:// addresses, not ${url}`)
    await join(connect({ path: url.slice('unix://'.length), allowHalfOpen: true }))
  } finally {
    close()
  }
}

/** Until the service has ended its side: what the client ends is passed on as a half-close. */
async function join(socket: Socket): Promise<void> {
  const input = pipeline(process.stdin, socket, { end: true }).catch(() => {})
  await pipeline(socket, process.stdout)
  process.stdin.destroy()
  await input
}
