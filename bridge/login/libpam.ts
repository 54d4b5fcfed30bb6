import { ProblemError } from '../protocol/index.ts'
import { createRequire } from 'node:module'

/** Numbers of security/_pam_types.h. */
export const pam = {
  success: 0,
  authenticationErrors: new Set([6, 7, 9, 10]),
  maxTries: 8,
  newPasswordRequired: 12,
  accountExpired: 13,
  conversationError: 19,
  /** An account without a password does not log in, whatever the service's file says. */
  disallowNullPassword: 0x1,
  item: { user: 2, remoteHost: 4, failDelay: 10 },
  credentials: { establish: 0x2, remove: 0x4 },
  changeExpired: 0x20,
} as const

/** The style of a message of PAM's: a hidden or visible prompt, an error or a text. */
export type PromptStyle = 'hidden' | 'shown' | 'error' | 'text'

/** Answers PAM: bytes that are wiped after they are copied, or undefined to abort. Called synchronously. */
export type Conversation = (style: PromptStyle, text: string) => Buffer | undefined

/** One PAM transaction, pam(3). Every step returns PAM's code. */
export interface PamTransaction {
  authenticate(): number
  /** Whether the account may be used now. */
  checkAccount(): number
  changeExpiredPassword(): number
  setCredentials(flag: number): number
  openSession(): number
  closeSession(): number
  setItem(item: number, value: string): void
  /** Sets `NAME=value` in the session's environment, where modules read it too. */
  putEnvironment(entry: string): void
  /** The user's name as PAM has it in the end. */
  user(): string
  /** What modules put into the session's environment. */
  environment(): Record<string, string>
  describe(code: number): string
  /** Ends the transaction. Idempotent. */
  end(): void
}

type Native = (...args: unknown[]) => never
interface Koffi {
  load(name: string): { func(name: string, result: string, args: string[]): Native }
  proto(definition: string): unknown
  pointer(type: unknown): unknown
  register(callback: (...args: never[]) => number, type: unknown): bigint
  decode(pointer: unknown, type: string, length?: number): unknown
  encode(pointer: bigint, offset: number, type: string, value: unknown): void
}

const styles: Readonly<Record<number, PromptStyle>> = { 1: 'hidden', 2: 'shown', 3: 'error', 4: 'text' }

/** Sizes in memory on the 64-bit systems that Node is built for: a message is {int, pointer}, a response {pointer, int}. */
const responseSize = 16

/** PAM_MAX_NUM_MSG */
const maxMessages = 32

/** Begins a transaction. @throws ProblemError `not-supported` without libpam, `internal-error` where PAM does not start. */
export function startPam(service: string, user: string, converse: Conversation): PamTransaction {
  const koffi = createRequire(import.meta.url)('koffi') as Koffi
  const native = bindPam(koffi)
  const prototype = koffi.proto('int berth_pam_conversation(int count, void *messages, void *responses, void *data)')
  const callback = koffi.register(conversationCallback(koffi, converse) as never, koffi.pointer(prototype))
  const conversation = Buffer.alloc(16)
  conversation.writeBigUInt64LE(callback, 0)
  const out = Buffer.alloc(8)
  const started = native.start(service, user, conversation, out)
  if (started !== pam.success) {
    throw new ProblemError(
      'internal-error',
      `PAM does not start for the service "${service}" (code ${started}); is /etc/pam.d/${service} there?`,
    )
  }
  const handle = out.readBigUInt64LE(0)
  native.setPointer(handle, pam.item.failDelay, noDelay(koffi))
  return openTransaction(koffi, native, handle, user)
}

/**
 * pam_fail_delay(3): modules request a delay after a failure. The server delays refusals itself, and for longer; here it
 * would only block a process that other logins wait for.
 */
function noDelay(koffi: Koffi): bigint {
  const prototype = koffi.proto('void berth_pam_delay(int status, unsigned int microseconds, void *data)')
  return koffi.register(() => 0, koffi.pointer(prototype))
}

type Step = (handle: bigint, flags: number) => number

/** The functions of libpam that we use. */
function bindPam(koffi: Koffi) {
  const library = loadLibpam(koffi)
  const bind = (name: string, result: string, ...args: string[]) => library.func(name, result, args)
  const step = (name: string): Step => bind(name, 'int', 'void *', 'int')
  return {
    start: bind('pam_start', 'int', 'const char *', 'const char *', 'const void *', 'void *') as (...args: unknown[]) => number,
    putEnvironment: bind('pam_putenv', 'int', 'void *', 'const char *') as (...args: unknown[]) => number,
    setItem: bind('pam_set_item', 'int', 'void *', 'int', 'const char *') as (...args: unknown[]) => number,
    setPointer: bind('pam_set_item', 'int', 'void *', 'int', 'void *') as (...args: unknown[]) => number,
    getItem: bind('pam_get_item', 'int', 'void *', 'int', 'void *') as (...args: unknown[]) => number,
    describe: bind('pam_strerror', 'const char *', 'void *', 'int') as (...args: unknown[]) => string,
    list: bind('pam_getenvlist', 'void *', 'void *') as (...args: unknown[]) => bigint | null,
    authenticate: step('pam_authenticate'),
    checkAccount: step('pam_acct_mgmt'),
    changePassword: step('pam_chauthtok'),
    setCredentials: step('pam_setcred'),
    openSession: step('pam_open_session'),
    closeSession: step('pam_close_session'),
    end: step('pam_end'),
  }
}

function openTransaction(koffi: Koffi, native: ReturnType<typeof bindPam>, handle: bigint, user: string): PamTransaction {
  let last = 0
  let ended = false
  const run = (step: Step, flags = 0): number => (last = step(handle, flags))
  return {
    authenticate: () => run(native.authenticate, pam.disallowNullPassword),
    checkAccount: () => run(native.checkAccount, pam.disallowNullPassword),
    changeExpiredPassword: () => run(native.changePassword, pam.changeExpired),
    setCredentials: (flag) => run(native.setCredentials, flag),
    openSession: () => run(native.openSession),
    closeSession: () => run(native.closeSession),
    putEnvironment: (entry) => void native.putEnvironment(handle, entry),
    setItem: (item, value) => void native.setItem(handle, item, value),
    user: () => {
      const pointer = Buffer.alloc(8)
      if (native.getItem(handle, pam.item.user, pointer) !== pam.success || pointer.readBigUInt64LE(0) === 0n) return user
      return String(koffi.decode(pointer, 'const char *'))
    },
    environment: () => readList(koffi, native.list(handle)),
    describe: (code) => native.describe(handle, code),
    end: () => {
      if (!ended) native.end(handle, last)
      ended = true
    },
  }
}

function loadLibpam(koffi: Koffi): ReturnType<Koffi['load']> {
  try {
    return koffi.load('libpam.so.0')
  } catch (cause) {
    throw new ProblemError('not-supported', 'libpam.so.0 is missing; install PAM (package libpam0g or pam).', { cause })
  }
}

/** pam_conv(3): reads the messages, and returns responses in memory that PAM frees. */
function conversationCallback(koffi: Koffi, converse: Conversation) {
  const c = koffi.load('libc.so.6')
  const calloc = c.func('calloc', 'void *', ['size_t', 'size_t']) as unknown as (count: number, size: number) => bigint
  const copy = c.func('memcpy', 'void *', ['void *', 'const void *', 'size_t']) as unknown as (
    to: bigint,
    from: Buffer,
    size: number,
  ) => void
  const free = c.func('free', 'void', ['void *']) as unknown as (pointer: bigint) => void
  return (count: number, messages: bigint, responses: bigint): number => {
    if (count < 1 || count > maxMessages) return pam.conversationError
    const block = calloc(count, responseSize)
    try {
      for (let at = 0; at < count; at++) {
        const message = koffi.decode(messages + BigInt(at * 8), 'void *') as bigint
        const style = styles[koffi.decode(message, 'int') as number] ?? 'error'
        const text = String(koffi.decode(message + 8n, 'const char *') ?? '')
        const answer = converse(style, text)
        if (answer === undefined && (style === 'hidden' || style === 'shown')) {
          free(block)
          return pam.conversationError
        }
        if (answer === undefined) continue
        const secret = calloc(answer.length + 1, 1)
        copy(secret, answer, answer.length)
        answer.fill(0)
        koffi.encode(block, at * responseSize, 'void *', secret)
      }
      koffi.encode(responses, 0, 'void *', block)
      return pam.success
    } catch {
      return pam.conversationError
    }
  }
}

function readList(koffi: Koffi, list: bigint | null): Record<string, string> {
  const environment: Record<string, string> = {}
  if (list === null) return environment
  for (let at = 0; at < 1024; at++) {
    const entry = koffi.decode(list + BigInt(at * 8), 'const char *') as string | null
    if (entry === null) break
    const equals = entry.indexOf('=')
    if (equals > 0) environment[entry.slice(0, equals)] = entry.slice(equals + 1)
  }
  return environment
}
