import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

import * as v from 'valibot'

import { EngineError } from '../../../errors/index.ts'
import { readBounded } from '../../../lib/files/atomic-file.ts'
import type { Context } from '../../context.ts'
import { isCdiName } from './cdi-name.ts'
import { addDevice, type DeviceChoice } from './devices.ts'
import type { OciHooks, OciSpec } from './oci.ts'

/** Where descriptions of devices are, the last one of a name counts: the Container Device Interface's specification. */
const usualFolders = ['/etc/cdi', '/var/run/cdi']
const largestFile = 4 * 1024 * 1024

const Texts = v.optional(v.nullable(v.array(v.string())))
const hookNames = ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'] as const

const Edits = v.object({
  env: Texts,
  deviceNodes: v.optional(
    v.nullable(v.array(v.object({ path: v.string(), hostPath: v.optional(v.string()), permissions: v.optional(v.string()) }))),
  ),
  mounts: v.optional(
    v.nullable(
      v.array(v.object({ hostPath: v.string(), containerPath: v.string(), type: v.optional(v.string()), options: Texts })),
    ),
  ),
  hooks: v.optional(
    v.nullable(
      v.array(
        v.object({
          hookName: v.picklist(hookNames),
          path: v.string(),
          args: Texts,
          env: Texts,
          timeout: v.optional(v.nullable(v.number())),
        }),
      ),
    ),
  ),
  additionalGids: v.optional(v.nullable(v.array(v.pipe(v.number(), v.integer(), v.minValue(0))))),
})
type Edits = v.InferOutput<typeof Edits>

const CdiFile = v.object({
  cdiVersion: v.string(),
  kind: v.pipe(v.string(), v.regex(/^[A-Za-z][\w.-]*\/[A-Za-z][\w.-]*$/, 'is not VENDOR/CLASS')),
  devices: v.array(v.object({ name: v.string(), containerEdits: v.optional(v.nullable(Edits)) })),
  containerEdits: v.optional(v.nullable(Edits)),
})
type CdiFile = v.InferOutput<typeof CdiFile>

/** The names among a request's devices. */
export const cdiNames = (devices: readonly { path: string }[]): string[] =>
  devices.map(({ path: name }) => name).filter((name) => isCdiName(name))

/** What the descriptions say of these devices. @throws EngineError `InvalidArgument`, naming those that are not described, or a wrong file. */
export async function cdiEdits({ options, conf }: Pick<Context, 'options' | 'conf'>, names: readonly string[]): Promise<Edits[]> {
  if (names.length === 0) return []
  const { engine } = await conf()
  const folders = options.cdiSpecDirs?.length ? options.cdiSpecDirs : (engine.cdiSpecDirs ?? usualFolders)
  const known = new Map<string, { file: CdiFile; edits: Edits | null | undefined }>()
  for (const folder of folders.filter((each) => existsSync(each)))
    for (const name of readdirSync(folder).toSorted())
      if (/\.(json|yaml|yml)$/.test(name)) {
        const file = await readCdi(path.join(folder, name))
        for (const device of file?.devices ?? [])
          if (file) known.set(`${file.kind}=${device.name}`, { file, edits: device.containerEdits })
      }
  const missing = names.filter((name) => !known.has(name))
  if (missing.length > 0)
    throw new EngineError(
      'InvalidArgument',
      `unresolvable CDI devices ${missing.join(', ')}: none of ${folders.join(', ')} describes them`,
      { details: { field: 'devices', devices: missing } },
    )
  const chosen = names.map((name) => known.get(name)!)
  const shared = [...new Set(chosen.map(({ file }) => file))].map(({ containerEdits }) => containerEdits)
  return [...chosen.map(({ edits }) => edits), ...shared].filter((edits) => edits !== null && edits !== undefined)
}

async function readCdi(file: string): Promise<CdiFile | undefined> {
  const text = await readBounded(file, largestFile)
  if (text === undefined) return undefined
  let document: unknown
  try {
    document = file.endsWith('.json') ? JSON.parse(text) : (await import('yaml')).parse(text)
  } catch (cause) {
    throw wrong(file, 'it cannot be read', cause)
  }
  const result = v.safeParse(CdiFile, document)
  if (result.success) return result.output
  const [issue] = result.issues
  throw wrong(file, `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`)
}

function wrong(file: string, reason: string, cause?: unknown): EngineError {
  return new EngineError('InvalidArgument', `The description of devices ${file} cannot be used: ${reason}.`, {
    details: { file },
    cause,
  })
}

/** Makes the edits in a runtime's spec. */
export function applyCdi(spec: OciSpec, edits: readonly Edits[], rootless: boolean): void {
  const choice: DeviceChoice = { devices: spec.linux.devices ?? [], rules: spec.linux.resources.devices, mounts: spec.mounts }
  for (const { env, deviceNodes, mounts, hooks, additionalGids } of edits) {
    for (const node of deviceNodes ?? [])
      addDevice(choice, node.hostPath || node.path, node.path, node.permissions || 'rwm', rootless)
    for (const { hostPath, containerPath, type, options } of mounts ?? [])
      spec.mounts.push({ destination: containerPath, type: type || 'bind', source: hostPath, options: options ?? ['bind', 'ro'] })
    spec.process.env.push(...(env ?? []))
    const gids = additionalGids?.filter((gid) => gid !== 0) ?? []
    if (gids.length > 0) spec.process.user.additionalGids = [...new Set([...(spec.process.user.additionalGids ?? []), ...gids])]
    for (const { hookName, path: program, args, env: variables, timeout } of hooks ?? []) {
      const all: OciHooks = (spec.hooks ??= {})
      ;(all[hookName] ??= []).push({
        path: program,
        ...(args ? { args } : {}),
        ...(variables ? { env: variables } : {}),
        ...(timeout ? { timeout } : {}),
      })
    }
  }
  if (choice.devices.length > 0) spec.linux.devices = choice.devices
}
