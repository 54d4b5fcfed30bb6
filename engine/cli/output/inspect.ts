import type { Engine } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { Call } from '../command.ts'
import { UsageError } from '../parse/usage-error.ts'
import { goJson } from './go-json.ts'
import { renderValue } from './report.ts'
import { goStruct, goTimestamp } from './template/go-struct.ts'
import { goString } from './template/values.ts'
import { print, printError } from './print.ts'

/** Looks one object up, by name or id. */
export type Look = (api: Engine, name: string) => Promise<unknown>

/** Prints what `look` finds of each name, as JSON or by a template; what is not found goes to stderr; `newest` finds what --latest means. Returns the exit code. */
export async function showAll(
  args: readonly string[],
  given: string | undefined,
  look: Look,
  engine: Call['engine'],
  last: boolean,
  newest: (api: Engine) => Promise<{ Id: string }[]> = (api) => api['container.list']({ all: true, last: 1 }),
): Promise<number> {
  if (last && args.length > 0) throw new UsageError('--latest and arguments cannot be used together')
  const api = await engine()
  const names = last ? (await newest(api)).map(({ Id }) => Id) : args
  if (names.length === 0) throw new UsageError('no names or ids specified')
  const found: unknown[] = []
  const failures: string[] = []
  for (const name of names) {
    try {
      found.push(await look(api, name))
    } catch (error) {
      failures.push(`Error: ${EngineError.from(error).message}\n`)
    }
  }
  const template = given === undefined || given === 'json' ? undefined : given
  if (template === undefined) print(`${goJson(found, 5)}\n`)
  else for (const each of found) print(renderValue('inspect', 'interface {}', template, withOldNames(each)))
  printError(failures.join(''))
  return failures.length > 0 ? 125 : 0
}

/** Names that Docker's tools, and Go's structures behind podman's JSON, have in templates. */
function withOldNames(value: unknown): unknown {
  const object = value as Record<string, unknown>
  const state = object['State']
  const created = object['Created']
  return {
    ...object,
    ID: object['Id'],
    ...(typeof created === 'string' && /^\d{4}-\d\d-\d\dT/.test(created) ? { Created: goTimestamp(created) } : {}),
    // Nobody asked for them: they are no part of the JSON then.
    ...('SizeRw' in object || !('ProcessLabel' in object) ? {} : { SizeRw: null, SizeRootFs: 0 }),
    ...('RepoTags' in object ? { HealthCheck: object['Healthcheck'] ?? null } : {}),
    ...(Array.isArray(object['History']) ? { History: object['History'].map(withGoNames) } : {}),
    ...(isObject(state) && 'Healthcheck' in state ? { State: { ...state, Health: state['Healthcheck'] } } : {}),
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** A step of an image's history, which in JSON has the names of OCI's document. */
function withGoNames(step: unknown): unknown {
  const { created, created_by: by, author, comment, empty_layer: empty } = step as Record<string, unknown>
  const fields = {
    Created: typeof created === 'string' ? goTimestamp(created) : null,
    CreatedBy: by ?? '',
    Author: author ?? '',
    Comment: comment ?? '',
    EmptyLayer: empty ?? false,
  }
  return goStruct('v1.History', fields, step, goString)
}
