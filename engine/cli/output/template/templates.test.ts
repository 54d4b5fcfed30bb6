import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { commands } from '../../command-list.ts'
import { aliases } from '../../command-list.ts'
import { parseFlags } from '../../parse/parse-flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

/** What podman 5.4.2 printed, beside the JSON that it printed it of; made by fixtures/record.ts. */
interface Recorded {
  command: string
  objects: Record<string, unknown>[]
  printed: { template: string; stdout: string; stderr: string }[]
}

const recorded = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/podman-5.4.2.json'), 'utf8')) as Recorded[]

/** The operation that each command asks the engine for. */
const operations: Record<string, string> = {
  'container inspect': 'container.inspect',
  'image inspect': 'image.inspect',
  'pod inspect': 'pod.inspect',
  'network inspect': 'network.inspect',
  'network ls': 'network.list',
  'volume inspect': 'volume.inspect',
  'volume ls': 'volume.list',
  'secret inspect': 'secret.inspect',
  info: 'system.info',
  ps: 'container.list',
  'pod ps': 'pod.list',
  images: 'image.list',
}

const output = vi.hoisted(() => ({ text: '' }))
vi.mock('../print.ts', () => ({
  print: (text: string) => (output.text += text),
  printError: () => {},
  stdout: () => process.stdout,
}))

const zone = process.env['TZ']
beforeAll(() => void (process.env['TZ'] = 'UTC'))
afterAll(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

/** What our command prints of the same objects. */
async function ours({ command, objects }: Recorded, template: string): Promise<{ stdout: string; stderr: string }> {
  const found = await commands[aliases[command] ?? command]!()
  const inspects = command.endsWith('inspect')
  const args = inspects ? ['x'] : []
  const { values, given } = parseFlags(found.flags, ['--format', template], { program: command })
  const objectsOfApi = command === 'images' ? objects.map((each) => ({ ...each, RepoTags: each['Names'] })) : objects
  const answer = inspects || command === 'info' ? objects[0] : objectsOfApi
  const engine = async () => ({ [operations[command]!]: async () => answer })
  output.text = ''
  try {
    await found.run({ args, flags: values, given, engine } as never)
    return { stdout: output.text, stderr: '' }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { stdout: output.text, stderr: `Error: ${error.message}\n` }
  }
}

describe.each(recorded)('$command', (each) => {
  test.each(each.printed)('$template', async ({ template, stdout, stderr }) => {
    expect(await ours(each, template)).toEqual({ stdout, stderr })
  })
})
