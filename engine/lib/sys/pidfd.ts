import { closeSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { bind, check, lastErrno, systemError } from './libc.ts'

/** The same on every architecture that Linux was given since. */
const numbers = { pidfdSendSignal: 424, pidfdOpen: 434 } as const

/**
 * A process held by a descriptor: its number may be used again, the descriptor stays the first one's.
 *
 * @returns `undefined` if there is no such process. The caller disposes of it.
 * @throws an errno error, `EINVAL` for what is no process number.
 */
export function holdProcess(pid: number): HeldProcess | undefined {
  const fd = bind('syscall', 'long', ['long', 'int', 'uint32_t'], 'pidfd_open')(numbers.pidfdOpen, pid, 0)
  if (fd < 0 && lastErrno() === constants.errno.ESRCH) return undefined
  check('pidfd_open', String(pid), fd)
  return new HeldProcess(pid, fd)
}

/** What {@link holdProcess} gives. */
export class HeldProcess {
  readonly pid: number
  readonly #fd: number

  constructor(pid: number, fd: number) {
    this.pid = pid
    this.#fd = fd
  }

  /**
   * The text of a file of this very process below /proc, such as `status`; `undefined` once it has ended. Read by its
   * number: that it still lived afterwards says that the number was its own all the time.
   */
  read(file: string): string | undefined {
    try {
      const text = readFileSync(`/proc/${this.pid}/${file}`, 'latin1')
      return this.signal(0) ? text : undefined
    } catch {
      return undefined
    }
  }

  /** Sends a signal, 0 only asks. @returns whether it still was there. @throws an errno error, `EPERM` */
  signal(number: number): boolean {
    const call = bind('syscall', 'long', ['long', 'int', 'int', 'void *', 'uint32_t'], 'pidfd_send_signal')
    if (call(numbers.pidfdSendSignal, this.#fd, number, null, 0) === 0) return true
    if (lastErrno() === constants.errno.ESRCH) return false
    throw systemError('pidfd_send_signal', String(this.pid))
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd)
  }
}
