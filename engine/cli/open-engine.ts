import type { Engine } from '../contract/index.ts'
import { EngineError } from '../errors/index.ts'
import type { GlobalOptions, RemoteOptions } from './command.ts'
import { ExitError } from './exit-code.ts'

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
    open: async () => (await (opened ??= global.remote === undefined ? openLocal(global) : openRemote(global.remote))).engine,
    close: async () => {
      await (await opened?.catch(() => undefined))?.close()
    },
  }
}

async function openLocal(global: GlobalOptions): Promise<Opened> {
  const { clientSettings, openEngine } = await import('../core/index.ts')
  // A module that is not there is refused, whether or not the command asks what is in it.
  if (global.context.modules && global.context.modules.length > 0)
    await clientSettings(global.context.modules).catch((error: unknown) => {
      throw new ExitError(1, EngineError.from(error).message, error)
    })
  return openEngine({ ...global.context, self: ownCommandLine() })
}

/** How conmon runs this program again when a container has ended: without a shell in between. */
export function ownCommandLine(): string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '']
}

async function openRemote(remote: RemoteOptions): Promise<Opened> {
  const [{ connectEngine }, { connectTransport }, { resolveDestination }, { usualPath }] = await Promise.all([
    import('../contract/index.ts'),
    import('./remote/connect.ts'),
    import('./remote/destination.ts'),
    import('./usual-path.ts'),
  ])
  const transport = await connectTransport(await resolveDestination(remote, () => `unix://${usualPath()}`))
  return { engine: connectEngine(transport), close: () => transport.close() }
}
