import type { Engine } from '../contract/index.ts'
import { UsageError } from './parse/usage-error.ts'
import type { GlobalOptions } from './command.ts'

/** The engine of a command line: opened on first use, closed if it was opened. */
export interface OpenOnce {
  open(): Promise<Engine>
  /** Idempotent. */
  close(): Promise<void>
}

interface Opened {
  engine: Engine
  close(): void | Promise<void>
}

/** The local engine, or the one at `--url`: the same type, and the same code in every command. */
export function openEngineOnce(global: GlobalOptions): OpenOnce {
  let opened: Promise<Opened> | undefined
  return {
    open: async () => (await (opened ??= global.url === undefined ? openLocal(global) : openRemote(global.url))).engine,
    close: async () => {
      await (await opened?.catch(() => undefined))?.close()
    },
  }
}

async function openLocal(global: GlobalOptions): Promise<Opened> {
  const { openEngine } = await import('../core/index.ts')
  return openEngine({ ...global.context, self: ownCommandLine() })
}

/** How conmon runs this program again when a container has ended: without a shell in between. */
export function ownCommandLine(): string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '']
}

async function openRemote(url: string): Promise<Opened> {
  const path = /^unix:\/\/(\/.+)$/.exec(url)?.[1] ?? /^unix:(\/[^/].*)$/.exec(url)?.[1]
  if (path === undefined) throw new UsageError(`The address ${url} is not one that Berth can use: give unix:///PATH of a socket`)
  const [{ connectEngine }, { unixTransport }] = await Promise.all([
    import('../contract/index.ts'),
    import('../rest/http/unix-transport.ts'),
  ])
  const transport = unixTransport(path)
  return { engine: connectEngine(transport), close: () => transport.close() }
}
