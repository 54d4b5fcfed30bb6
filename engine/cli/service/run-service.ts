import type { Engine } from '../../contract/index.ts'
import { createLogger, type LogLevel } from '../../lib/log.ts'
import { createRestServer, isLoopback, type RestServer, type TlsFiles } from '../../rest/index.ts'
import { EngineError } from '../../errors/index.ts'
import { usualPath } from '../usual-path.ts'
import type { ServiceAddress } from './address.ts'
import { relieveWhenIdle } from './idle-relief.ts'

export interface ServiceOptions {
  engine(): Promise<Engine>
  /** Systemd's socket, or else the default one, if not given. */
  address?: ServiceAddress
  /** Of TCP. */
  tls?: TlsFiles
  /** The origin whose pages may use the service, or `*`. */
  cors?: string
  /** Idle timeout; 0 for none. */
  seconds: number
  level: LogLevel
}

/** The first descriptor that systemd hands over (sd_listen_fds(3)). */
const firstDescriptor = 3

/**
 * Serves the engine until SIGTERM or SIGINT, or until the idle timeout.
 *
 * @throws EngineError if nothing can listen there.
 */
export async function runService(options: ServiceOptions): Promise<number> {
  let timer: NodeJS.Timeout | undefined
  let busy = 0
  const idle = Promise.withResolvers<void>()
  const engine = await options.engine()
  const expire = async (): Promise<void> => {
    // They would end with this process.
    const tasks = await engine['task.list']({}).catch(() => [])
    if (busy > 0) return
    if (tasks.some(({ State }) => State === 'running')) arm(0)
    else idle.resolve()
  }
  const arm = (inWork: number) => {
    busy = inWork
    clearTimeout(timer)
    if (inWork === 0 && options.seconds > 0) timer = setTimeout(() => void expire(), options.seconds * 1000)
  }
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
  const log = createLogger({ level: options.level })
  const relief = relieveWhenIdle()
  const onActivity = (inWork: number): void => {
    arm(inWork)
    relief.touch()
  }
  const server = createRestServer(engine, { log, onActivity, cors: options.cors })
  try {
    await listen(server, options, (line) => process.stderr.write(`${line}\n`))
    arm(0)
    await Promise.race([idle.promise, ended])
    return 0
  } finally {
    clearTimeout(timer)
    relief.stop()
    await server.close()
  }
}

/** @throws EngineError if nothing can listen there. */
async function listen(server: RestServer, { address, tls }: ServiceOptions, say: (line: string) => void): Promise<void> {
  if (tls !== undefined && address?.kind !== 'tcp')
    throw new EngineError('InvalidArgument', 'The --tls flags are for tcp:// addresses: leave them out.')
  if (address?.kind === 'tcp') {
    const { host } = address
    const { port } = await server.listenOnTcp({ ...address, ...(tls ? { tls } : {}) })
    say(`API service listening on ${host.includes(':') ? `[${host}]` : host}:${port}`)
    if (isLoopback(host) && tls?.clientCa === undefined)
      say('Warning: everyone with an account on this host can use this service as you: a unix socket is for its owner alone.')
  } else if (address?.kind === 'unix') await server.listen(address.path)
  else if (isActivated()) await server.listenOnDescriptor(firstDescriptor)
  else if (address?.kind === 'activated')
    throw new EngineError('InvalidArgument', 'There is no socket to take over: fd:// is for services that systemd starts.')
  else await server.listen(usualPath())
}

function isActivated(): boolean {
  return process.env['LISTEN_PID'] === String(process.pid) && Number(process.env['LISTEN_FDS']) >= 1
}
