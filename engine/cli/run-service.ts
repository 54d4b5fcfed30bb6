import type { Engine } from '../contract/index.ts'
import { createLogger, type LogLevel } from '../lib/log.ts'
import { createRestServer } from '../rest/index.ts'
import { usualPath } from './usual-path.ts'

export interface ServiceOptions {
  engine(): Promise<Engine>
  /** The socket's path; the default one if not given. */
  path?: string
  /** Idle timeout; 0 for none. */
  seconds: number
  level: LogLevel
}

/** The first descriptor that systemd hands over (sd_listen_fds(3)). */
const firstDescriptor = 3

/**
 * Serves the engine until SIGTERM or SIGINT, or until the idle timeout.
 *
 * @throws EngineError if the socket cannot be created.
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
  const server = createRestServer(engine, { log: createLogger({ level: options.level }), onActivity: arm })
  try {
    if (isActivated()) await server.listenOnDescriptor(firstDescriptor)
    else await server.listen(options.path ?? usualPath())
    arm(0)
    await Promise.race([idle.promise, ended])
    return 0
  } finally {
    clearTimeout(timer)
    await server.close()
  }
}

function isActivated(): boolean {
  return process.env['LISTEN_PID'] === String(process.pid) && Number(process.env['LISTEN_FDS']) >= 1
}
