import { readdirSync } from 'node:fs'
import path from 'node:path'

import * as v from 'valibot'

import { EngineError } from '../../../errors/index.ts'
import { readBounded } from '../../../lib/files/atomic-file.ts'
import { pattern } from '../../filters/pattern.ts'
import type { OciHook, OciHooks, OciSpec } from './oci.ts'

const largestFile = 1024 * 1024

const stages = ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'] as const

const HookFile = v.object({
  version: v.literal('1.0.0'),
  hook: v.object({
    path: v.pipe(v.string(), v.startsWith('/', 'is not an absolute path')),
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
  stages: v.pipe(v.array(v.picklist(stages)), v.minLength(1, 'names no stage')),
})
type HookFile = v.InferOutput<typeof HookFile>

/**
 * The hooks whose conditions hold for a container, in the order of their files' names. Of files of the same name in several folders the
 * last one counts.
 *
 * @param hasBindMounts whether the caller mounts something of the host's.
 * @throws EngineError `InvalidArgument`, naming a file that is no description of a hook.
 */
export async function ociHooks(folders: readonly string[], spec: OciSpec, hasBindMounts: boolean): Promise<OciHooks | undefined> {
  const files = new Map<string, string>()
  for (const folder of folders)
    for (const name of readdirSync(folder)) if (name.endsWith('.json')) files.set(name, path.join(folder, name))
  const hooks: OciHooks = {}
  for (const name of [...files.keys()].toSorted()) {
    const described = await readHook(files.get(name) as string)
    if (!described || !(await applies(described, spec, hasBindMounts))) continue
    const { path: program, ...rest } = described.hook
    const hook: OciHook = { path: program, ...rest }
    for (const stage of described.stages) (hooks[stage] ??= []).push(hook)
  }
  return Object.keys(hooks).length > 0 ? hooks : undefined
}

async function readHook(file: string): Promise<HookFile | undefined> {
  const text = await readBounded(file, largestFile)
  if (text === undefined) return undefined
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (cause) {
    throw wrong(file, 'it is not JSON', cause)
  }
  const result = v.safeParse(HookFile, document)
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
async function applies({ when }: HookFile, { process, annotations }: OciSpec, hasBindMounts: boolean): Promise<boolean> {
  const conditions: boolean[] = []
  if (when.always !== undefined) conditions.push(when.always)
  if (when.hasBindMounts !== undefined) conditions.push(when.hasBindMounts && hasBindMounts)
  if (when.commands?.length) conditions.push(await anyMatches(when.commands, process.args[0] ?? ''))
  for (const [key, value] of Object.entries(when.annotations ?? {})) {
    const [keys, values] = await Promise.all([pattern(key, 'hook'), pattern(value, 'hook')])
    conditions.push(Object.entries(annotations).some(([name, text]) => keys.test(name) && values.test(text)))
  }
  return conditions.length > 0 && conditions.every(Boolean)
}

async function anyMatches(expressions: readonly string[], text: string): Promise<boolean> {
  const patterns = await Promise.all(expressions.map((each) => pattern(each, 'hook')))
  return patterns.some((each) => each.test(text))
}
