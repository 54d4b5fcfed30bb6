import { readdirSync } from 'node:fs'
import path from 'node:path'

import * as v from 'valibot'

import { EngineError } from '../../../errors/index.ts'
import { readBounded } from '../../../lib/files/atomic-file.ts'
import { pattern } from '../../filters/pattern.ts'
import type { OciHook, OciHooks, OciSpec } from './oci.ts'

const largestFile = 1024 * 1024

const runtimeStages = ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'] as const
/** Before the runtime is started: libpod's own stage. */
const precreate = 'precreate'

const Program = v.pipe(v.string(), v.startsWith('/', 'is not an absolute path'))
const Stages = v.pipe(v.array(v.picklist([precreate, ...runtimeStages])), v.minLength(1, 'names no stage'))

const HookFile = v.object({
  version: v.literal('1.0.0'),
  hook: v.object({
    path: Program,
    args: v.optional(v.array(v.string())),
    env: v.optional(v.array(v.string())),
    timeout: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  }),
  when: v.object({
    always: v.optional(v.boolean()),
    annotations: v.optional(v.record(v.string(), v.string())),
    commands: v.optional(v.array(v.string())),
    hasBindMounts: v.optional(v.boolean()),
  }),
  stages: Stages,
})

/** The format before versions; `cmds` and `annotations` are expressions, any of which is enough. */
const OldHookFile = v.object({
  hook: Program,
  arguments: v.optional(v.array(v.string())),
  stages: v.optional(Stages),
  stage: v.optional(Stages),
  cmds: v.optional(v.array(v.string())),
  cmd: v.optional(v.array(v.string())),
  annotations: v.optional(v.array(v.string())),
  annotation: v.optional(v.array(v.string())),
  hasbindmounts: v.optional(v.boolean()),
})

interface DescribedHook {
  hook: OciHook
  stages: readonly v.InferOutput<typeof Stages>[number][]
  applies(container: Container): Promise<boolean>
}

interface Container {
  program: string
  annotations: Readonly<Record<string, string>>
  hasBindMounts: boolean
}

/** What is run for a container, and when. */
export interface ChosenHooks {
  /** By the runtime. */
  hooks: OciHooks
  /** By the engine, one after another: each may change the runtime's configuration. */
  precreate: OciHook[]
}

/**
 * The hooks whose conditions hold for a container, in the order of their files' names. Of files of the same name in several folders the
 * last one counts.
 *
 * @param hasBindMounts whether the caller mounts something of the host's.
 * @throws EngineError `InvalidArgument`, naming a file that is no description of a hook.
 */
export async function ociHooks(folders: readonly string[], spec: OciSpec, hasBindMounts: boolean): Promise<ChosenHooks> {
  const files = new Map<string, string>()
  for (const folder of folders)
    for (const name of readdirSync(folder)) if (name.endsWith('.json')) files.set(name, path.join(folder, name))
  const container = { program: spec.process.args[0] ?? '', annotations: spec.annotations, hasBindMounts }
  const chosen: ChosenHooks = { hooks: {}, precreate: [] }
  for (const name of [...files.keys()].toSorted((a, b) => compare(a.toLowerCase(), b.toLowerCase()) || compare(a, b))) {
    const described = await readHook(files.get(name) as string)
    if (!described || !(await described.applies(container))) continue
    for (const stage of described.stages) {
      if (stage === precreate) chosen.precreate.push(described.hook)
      // The runtime specification deprecates prestart, and has createRuntime in its place.
      else (chosen.hooks[stage === 'prestart' ? 'createRuntime' : stage] ??= []).push(described.hook)
    }
  }
  return chosen
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

async function readHook(file: string): Promise<DescribedHook | undefined> {
  const text = await readBounded(file, largestFile)
  if (text === undefined) return undefined
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (cause) {
    throw wrong(file, 'it is not JSON', cause)
  }
  const isOld = typeof document === 'object' && document !== null && !('version' in document)
  return isOld ? ofOld(file, parsed(OldHookFile, document, file)) : ofCurrent(parsed(HookFile, document, file))
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, document: unknown, file: string): T {
  const result = v.safeParse(schema, document)
  if (result.success) return result.output
  const [issue] = result.issues
  throw wrong(file, `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`)
}

function wrong(file: string, reason: string, cause?: unknown): EngineError {
  return new EngineError('InvalidArgument', `The hook ${file} cannot be used: ${reason}; correct or remove the file.`, {
    details: { file },
    cause,
  })
}

/** All conditions that are given must hold, and there must be one. */
function ofCurrent({ hook, when, stages }: v.InferOutput<typeof HookFile>): DescribedHook {
  const applies = async ({ program, annotations, hasBindMounts }: Container): Promise<boolean> => {
    const conditions: boolean[] = []
    if (when.always !== undefined) conditions.push(when.always)
    if (when.hasBindMounts !== undefined) conditions.push(when.hasBindMounts && hasBindMounts)
    if (when.commands?.length) conditions.push(await anyMatches(when.commands, [program]))
    for (const [key, value] of Object.entries(when.annotations ?? {})) {
      const [keys, values] = await Promise.all([pattern(key, 'hook'), pattern(value, 'hook')])
      conditions.push(Object.entries(annotations).some(([name, text]) => keys.test(name) && values.test(text)))
    }
    return conditions.length > 0 && conditions.every(Boolean)
  }
  return { hook, stages, applies }
}

/** One condition is enough. */
function ofOld(file: string, old: v.InferOutput<typeof OldHookFile>): DescribedHook {
  for (const [one, other] of [
    ['stages', 'stage'],
    ['cmds', 'cmd'],
    ['annotations', 'annotation'],
  ] as const)
    if (old[one] !== undefined && old[other] !== undefined) throw wrong(file, `it has both ${one} and ${other}`)
  const stages = old.stages ?? old.stage
  if (stages === undefined) throw wrong(file, 'it names no stages')
  const applies = async ({ program, annotations, hasBindMounts }: Container): Promise<boolean> =>
    (old.hasbindmounts === true && hasBindMounts) ||
    (await anyMatches(old.cmds ?? old.cmd ?? [], [program])) ||
    (await anyMatches(old.annotations ?? old.annotation ?? [], Object.values(annotations)))
  const args = old.arguments ? [old.hook, ...old.arguments] : undefined
  return { hook: { path: old.hook, ...(args ? { args } : {}) }, stages, applies }
}

async function anyMatches(expressions: readonly string[], texts: readonly string[]): Promise<boolean> {
  const patterns = await Promise.all(expressions.map((each) => pattern(each, 'hook')))
  return patterns.some((each) => texts.some((text) => each.test(text)))
}
