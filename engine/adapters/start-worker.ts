import { constants, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'

import { startHere, type StartedProgram } from './start-program.ts'
import type { FromStarter, ToStarter } from './start-thread.ts'

// The thread that starts programs for ./start-thread.ts. Descriptors are the process's, so they are passed by number.

// The nice value is per thread (sched(7)) and inherited: such programs run at low priority.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

const running = new Map<number, StartedProgram>()
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows, this is a thread
const send = (message: FromStarter): void => parentPort?.postMessage(message)

async function start(id: number, what: Extract<ToStarter, { what: object }>['what']): Promise<void> {
  try {
    const program = await startHere(what)
    running.set(id, program)
    send({ id, pid: program.pid })
    const ending = await program.ended
    running.delete(id)
    send({ id, ending })
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    send({ id, failure: { message, ...(code === undefined ? {} : { code }) } })
  }
}

parentPort?.on('message', (message: ToStarter) => {
  if ('kill' in message) running.get(message.kill)?.kill()
  else void start(message.id, message.what)
})
