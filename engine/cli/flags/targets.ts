import { readFile } from 'node:fs/promises'

import type { ContainerSummary, Engine } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { exitCodeOf } from '../exit-code.ts'
import { bool, texts } from '../parse/flags.ts'
import { UsageError } from '../parse/usage-error.ts'
import { fileReason } from '../output/file-reason.ts'
import { print, printError } from '../output/print.ts'

/** A container or pod to work on: how the engine finds it, and how the user named it. */
export interface Target {
  ref: string
  shown: string
}

export interface Choice {
  all?: boolean
  latest?: boolean
  cidfile?: string[]
  /** Whether a file that is missing names nothing. */
  ignore?: boolean
  filter?: string[]
  /** What `--all` means here: containers in these states; any by default. */
  states?: readonly string[]
}

/** Flags that name the containers to work on. */
export const choiceFlags = (verb: string) => ({
  all: bool('a', `${verb} all containers`),
  cidfile: texts('', 'Read the container ID from the file'),
  filter: texts('f', 'Filter output based on conditions given'),
  latest: bool('l', 'Act on the latest container'),
})

/**
 * The containers that a command line names, by name, file, filter, `--all` or `--latest`.
 *
 * @throws UsageError if it names none, or contradicts itself; EngineError `ContainerNotFound` if one of several is missing.
 */
export async function chooseContainers(engine: Engine, args: readonly string[], choice: Choice): Promise<Target[]> {
  const files = await Promise.all((choice.cidfile ?? []).map((file) => readIdFile(file, choice.ignore)))
  const named = [...args, ...files.filter((id) => id !== undefined)]
  if (choice.all && choice.latest) throw new UsageError('--all and --latest cannot be used together')
  const filters = parseFilters(choice.filter ?? [])
  const several = choice.all === true || Object.keys(filters).length > 0
  if ((several || choice.latest) && named.length > 0)
    throw new UsageError(
      choice.latest
        ? '--latest and containers cannot be used together'
        : choice.all
          ? 'no arguments are needed with --all'
          : '--filter takes no arguments',
    )
  if (choice.latest) {
    const { Id } = await latestContainer(engine)
    return [{ ref: Id, shown: Id }]
  }
  if (several) {
    const list = await engine['container.list']({ all: true, filters })
    return list.filter(({ State }) => !choice.states || choice.states.includes(State)).map(({ Id }) => ({ ref: Id, shown: Id }))
  }
  if (named.length === 0 && files.length === 0) throw new UsageError('you must provide at least one name or id')
  // Nothing is done to one where another is missing, as podman does.
  if (named.length > 1 && !choice.ignore) for (const name of named) await engine['container.exists']({ name })
  return named.map((name) => ({ ref: name, shown: name }))
}

/** What `--latest` means: the container that was created last. @throws EngineError `ContainerNotFound` where there is none */
export async function latestContainer(engine: Engine): Promise<ContainerSummary> {
  const [latest] = await engine['container.list']({ all: true, last: 1 })
  if (!latest) throw new EngineError('ContainerNotFound', 'no such container')
  return latest
}

/**
 * The pods that a command line names. All of them are there: with podman, one that is missing leaves the others as they are.
 *
 * @throws UsageError, EngineError `PodNotFound` unless `ignore` skips the missing ones.
 */
export async function choosePods(
  engine: Engine,
  args: readonly string[],
  choice: { all?: boolean; latest?: boolean; files?: string[]; ignore?: boolean },
): Promise<Target[]> {
  const files = await Promise.all((choice.files ?? []).map((file) => readIdFile(file, false, 'pod ID file')))
  const named = [...args, ...files.filter((id) => id !== undefined)]
  if ((choice.all || choice.latest) && named.length > 0) throw new UsageError('no arguments are needed with --all or --latest')
  if (!choice.all && !choice.latest) {
    if (named.length === 0) throw new UsageError('you must provide at least one name or id')
    const found = choice.ignore || named.length > 1 ? await podsThatExist(engine, named, choice.ignore) : named
    return found.map((name) => ({ ref: name, shown: name }))
  }
  const pods = choice.all ? await engine['pod.list']({}) : await newestPods(engine)
  return pods.map(({ Id }) => ({ ref: Id, shown: Id }))
}

async function podsThatExist(engine: Engine, names: readonly string[], ignore = false): Promise<string[]> {
  const found: string[] = []
  for (const name of names) {
    try {
      await engine['pod.exists']({ name })
      found.push(name)
    } catch (error) {
      if (!ignore || !EngineError.is(error, 'PodNotFound', 'NotFound')) throw error
    }
  }
  return found
}

/** What `--latest` means: the pod that was created last. @throws EngineError `PodNotFound` */
export async function newestPods(engine: Engine): Promise<{ Id: string }[]> {
  const [latest] = (await engine['pod.list']({})).toSorted((a, b) => (a.Created < b.Created ? 1 : -1))
  if (!latest) throw new EngineError('PodNotFound', 'There is no pod yet.')
  return [latest]
}

/** `-f label=a=b -f status=running` as the API takes it. @param refusal podman's message about one without a value. @throws UsageError */
export function parseFilters(
  filters: readonly string[],
  refusal = (filter: string) => `filter input must be in the form of filter=value: ${filter} is invalid`,
): Record<string, string[]> {
  const parsed: Record<string, string[]> = {}
  for (const filter of filters) {
    const equals = filter.indexOf('=')
    if (equals <= 0) throw new UsageError(refusal(filter))
    const key = filter.slice(0, equals)
    ;(parsed[key] ??= []).push(filter.slice(equals + 1))
  }
  return parsed
}

/**
 * Runs a verb on all targets concurrently, printing each result and, at the end, every failure, in the order of the targets.
 *
 * @returns the exit code: 0, or the last failure's.
 */
export async function forEach<T extends Target>(
  targets: readonly T[],
  work: (target: T) => Promise<string | void>,
  code: (error: unknown) => number = exitCodeOf,
): Promise<number> {
  let exitCode = 0
  const failures: string[] = []
  const running = targets.map((target) =>
    work(target).then(
      (line) => ({ line }),
      (error: unknown) => ({ error }),
    ),
  )
  for (const each of running) {
    const result = await each
    if ('error' in result) {
      exitCode = code(result.error)
      failures.push(`Error: ${EngineError.from(result.error).message}\n`)
    } else if (result.line !== undefined) print(`${result.line}\n`)
  }
  printError(failures.join(''))
  return exitCode
}

/** The id in the first line of a file. @param what it is, for the message. @throws UsageError where it cannot be read, unless it may be missing and is. */
export async function readIdFile(file: string, mayBeMissing?: false, what?: string): Promise<string>
export async function readIdFile(file: string, mayBeMissing: boolean | undefined, what?: string): Promise<string | undefined>
export async function readIdFile(file: string, mayBeMissing = false, what = 'CIDFile'): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).split('\n', 1)[0]?.trim() ?? ''
  } catch (error) {
    if (mayBeMissing && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new UsageError(`reading ${what}: open ${file}: ${fileReason(error)}`)
  }
}
