import { EngineError, type ErrorCode } from '../errors/index.ts'

const longestMessage = 4000

/** Runtime messages for an unknown container: runc's, crun's. */
const unknownContainer = [/container does not exist/i, /(error opening file|cannot open directory) `[^`]*`: No such file/i]

/** Runtime messages for a known container in the wrong state. */
const wrongState = [
  /container not running/i,
  /no such process/i,
  /process already finished/i,
  /is not (running|paused|in `[^`]*`)/i,
  /cannot (start|pause|resume|exec|kill|checkpoint|delete) .*(paused|stopped|running|created)/i,
  /container not paused/i,
  /is already (paused|started|running)/i,
  /container .* (not|is) (in )?(stopped|created|paused|running)/i,
]

/** A container without a cgroup of its own cannot be paused or limited. */
const noCgroup = [
  /cgroups? (is |are )?not configured/i,
  /cannot (pause|resume|update) .*without (a )?cgroup/i,
  /cgroup.*(disabled|not available)/i,
  /opening file `[a-z]+\.[a-z.]+` for writing: No such file/i,
]

/** The command is there but may not run. `permission denied` alone could be a mount or a cgroup. */
const notExecutable = [
  /exec: .*permission denied/i,
  /open executable: (permission denied|operation not permitted)/i,
  /exec(v|ve|vp)?[: `].*(permission denied|exec format error|is a directory)/i,
  /executable file `[^`]*` not (executable|found): permission denied/i,
  /the path `[^`]*` (is not a regular file|exists but it is not executable)/i,
]

/** The command is not there. */
const notFound = [
  /executable file .*not found/i,
  /open executable: no such file/i,
  /cannot find `[^`]*` in \$PATH/i,
  /exec: .*(no such file or directory|not found)/i,
  /exec(v|ve|vp)?[: `].*no such file or directory/i,
]

/**
 * The error lines of a runtime's log: JSON lines as both runtimes write them with `--log-format=json`; other lines as
 * they are. Warnings are left out when there is an error.
 */
export function runtimeMessage(log: string): string {
  const errors: string[] = []
  const others: string[] = []
  for (const line of log.split('\n')) {
    if (!line.trim()) continue
    const { message, grave } = parseLine(line)
    if (message) (grave ? errors : others).push(message)
  }
  // runc repeats its last error as plain text when the log is a file.
  const chosen = [...new Set(errors.length > 0 ? errors : others)]
  return chosen.join('; ').slice(0, longestMessage)
}

function parseLine(line: string): { message: string; grave: boolean } {
  try {
    const entry = JSON.parse(line) as { msg?: unknown; level?: unknown }
    if (typeof entry.msg === 'string')
      return { message: entry.msg.trim(), grave: entry.level === 'error' || entry.level === 'fatal' }
  } catch {
    // Not JSON: text from before the log was open, or from the program loader.
  }
  return { message: line.trim(), grave: false }
}

/** The failed runtime call, for the message and the details. */
export interface RuntimeAction {
  /** The program's name, `crun` or `runc`. */
  runtime: string
  /** The action, as a verb: `start`, `create`. */
  action: string
  id: string
}

/**
 * The error for a failed runtime call, by the runtime's messages (`log`, see {@link runtimeMessage}).
 *
 * ContainerNotFound, ContainerStateInvalid, CgroupUnavailable, CommandNotFound and CommandNotExecutable (podman's 127 and 126, with
 * podman's message), else RuntimeFailed.
 */
export function runtimeError(failed: RuntimeAction, log: string, fallback = 'it gave no reason'): EngineError {
  const text = runtimeMessage(log) || fallback
  const code = codeOf(text)
  return new EngineError(code, messageFor(code, failed, text), {
    details: { runtime: failed.runtime, action: failed.action, container: failed.id, ...commandOf(code, text) },
  })
}

/** The command that is not there or may not run, as both runtimes quote it. */
function commandOf(code: ErrorCode, text: string): { command?: string } {
  if (code !== 'CommandNotFound' && code !== 'CommandNotExecutable') return {}
  const command =
    /exec: "([^"]{1,200})"/.exec(text)?.[1] ?? /(?:executable file|find|the path|exec) `([^`]{1,200})`/i.exec(text)?.[1]
  return command === undefined ? {} : { command }
}

function codeOf(text: string): ErrorCode {
  const says = (patterns: RegExp[]) => patterns.some((pattern) => pattern.test(text))
  if (says(unknownContainer)) return 'ContainerNotFound'
  if (says(noCgroup)) return 'CgroupUnavailable'
  if (says(notExecutable)) return 'CommandNotExecutable'
  if (says(notFound)) return 'CommandNotFound'
  if (says(wrongState)) return 'ContainerStateInvalid'
  return 'RuntimeFailed'
}

function messageFor(code: ErrorCode, failed: RuntimeAction, text: string): string {
  const said = `${failed.runtime}: ${text}`
  switch (code) {
    case 'ContainerNotFound':
      return `The runtime ${failed.runtime} does not know container ${failed.id}: ${text}`
    case 'CgroupUnavailable':
      return `Cannot ${failed.action} container ${failed.id}: it has no cgroup of its own; log in through Berth, or have an administrator delegate one. ${said}`
    case 'CommandNotFound':
      return `${said}: OCI runtime attempted to invoke a command that was not found`
    case 'CommandNotExecutable':
      // Podman knows some reasons only.
      return /is a directory/.test(text) ? `OCI runtime error: ${said}` : `${said}: OCI permission denied`
    case 'ContainerStateInvalid':
      return `Cannot ${failed.action} container ${failed.id} in its present state: ${said}`
    default:
      return `OCI runtime error: ${said}`
  }
}
