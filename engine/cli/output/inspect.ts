import type { Engine } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { Call } from '../command.ts'
import { UsageError } from '../parse/usage-error.ts'
import { latestContainer } from '../flags/targets.ts'
import { goJson } from './go-json.ts'
import { print, printError } from './print.ts'
import { renderEach } from './report.ts'

/** Looks one object up, by name or id. */
export type Look = (api: Engine, name: string) => Promise<unknown>

/** Prints what `look` finds of each name, as JSON or by a template; what is not found goes to stderr; `newest` finds what --latest means. Returns the exit code. */
export async function showAll(
  args: readonly string[],
  given: string | undefined,
  look: Look,
  engine: Call['engine'],
  last: boolean,
  newest: (api: Engine) => Promise<{ Id: string }[]> = async (api) => [await latestContainer(api)],
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
  else {
    const { inspected } = await import('./inspected.ts')
    print(renderEach(found.map(inspected), 'inspect', 'interface {}', template))
  }
  printError(failures.join(''))
  return failures.length > 0 ? 125 : 0
}
