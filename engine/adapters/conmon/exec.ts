import { runtimeEnvironment } from '../runtime.ts'
import { runtimeError } from '../runtime-errors.ts'
import { monitorArguments, type MonitorOptions } from './arguments.ts'
import { attach, type Attachment } from './attach.ts'
import { guarded, type Monitored, monitoredFrom, placeMonitor } from './create.ts'
import { failureText, spawnMonitor, type StartingMonitor } from './spawn.ts'

export interface ExecOptions extends MonitorOptions {
  sessionId: string
  /** A file with the OCI `process` object. */
  processSpec: string
  /** Connects before the command starts, so that nothing of its output is missed. */
  attach?: boolean
}

export interface ExecSession extends Monitored {
  /** With `attach`; the caller closes it. */
  attachment: Attachment | null
}

/**
 * Has conmon start a command in a running container. On return it runs. Its exit status appears in the exit folder as
 * for a container, also under the container's id.
 *
 * @throws as {@link createContainer}; on failure nothing is left running.
 */
export async function execSession(options: ExecOptions): Promise<ExecSession> {
  const args = [...monitorArguments(options, options.sessionId), '-e', `--exec-process-spec=${options.processSpec}`]
  if (options.attach) args.push('--exec-attach')
  const monitor = await spawnMonitor(args, runtimeEnvironment(options.environment), {
    attach: options.attach,
    preserved: options.preserved,
  })
  let attachment: Attachment | null = null
  try {
    return await guarded(monitor, options, async () => {
      await placeMonitor(options, monitor.launcherPid)
      monitor.sendStart()
      if (options.attach) {
        attachment = await attachWhenReady(monitor, options)
        monitor.sendStart()
      }
      const answer = await monitor.nextSync()
      await monitor.launched
      return { ...monitoredFrom(answer, monitor, options, 'exec'), attachment }
    })
  } catch (error) {
    ;(attachment as Attachment | null)?.close()
    throw error
  }
}

async function attachWhenReady(monitor: StartingMonitor, options: ExecOptions): Promise<Attachment> {
  const ready = await monitor.nextAttach()
  if (ready?.data === 0) return attach(options.bundle)
  const text = failureText(options.ociLog, ready, monitor.stderr())
  throw runtimeError(
    { runtime: options.runtime.name, action: 'exec', id: options.id },
    text,
    'its monitor offered nothing to attach to',
  )
}
