import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import { expect, test } from 'vitest'

import { containerFields, podFields, type SpecFields } from '../contract/spec-fields/index.ts'
import { commands } from './command-list.ts'
import { podCreate } from './commands/pod/create.ts'
import { globalFlags, refusals } from './parse/globals.ts'
import { createOnlyFlags } from './spec/flags.ts'

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
)
const text = files
  .map((name) => readFileSync(path.join(import.meta.dirname, name), 'utf8'))
  .join('\n')
  .replaceAll(/\/\*[\s\S]*?\*\//g, '')
  .replaceAll(/\/\/.*/g, '')

/** Whether code asks for the flag: `flags.name`, `flags['name']`, or by taking the flags apart. A declaration (`name:`) is none of these. */
function isRead(flag: string): boolean {
  // Those of a source and a destination are read together: `flags[`${prefix}creds`]`, `of('creds')`.
  const name = flag.replace(/^(src|dest)-/, '')
  return (
    [`['${flag}']`, `of('${name}')`, `\${prefix}${name}\``].some((each) => text.includes(each)) ||
    new RegExp(`\\b(flags|values|given|options|rest|limits)\\??\\.${flag}\\b`).test(text) ||
    new RegExp(`flags: \\{[^{}]*\\b${flag}\\b[^{}]*\\}|\\{[^{}]*\\b${flag}\\b[^{}]*\\}(: Values<| = (flags|values)\\b)`).test(
      text,
    )
  )
}

/** Docker's, which do nothing with podman either, what is read before any command, what has one value, and what is refused by name. */
const oneValue = ['db-backend', 'network-backend']
const nothing = new Set(['details', 'disable-content-trust', 'help', 'version', ...oneValue, ...Object.keys(refusals)])

test.each([...Object.keys(commands), 'global'])('%s: every flag is read', async (name) => {
  const flags = name === 'global' ? globalFlags : (await commands[name]!())!.flags
  expect(Object.keys(flags).filter((flag) => !nothing.has(flag) && !isRead(flag))).toEqual([])
})

/** Of the command alone: what it does before or after it asks the engine. */
const local = [
  'attach',
  'pull',
  'quiet',
  'replace',
  'authfile',
  'cert-dir',
  'creds',
  'decryption-key',
  'tls-verify',
  'retry',
  'retry-delay',
  ...nothing,
]
const localOfPods = ['replace', 'pod-id-file']

test.each([
  ['create', createOnlyFlags, containerFields, local],
  ['pod create', podCreate.flags, podFields, localOfPods],
] as [string, object, SpecFields, string[]][])(
  '%s: every flag has its field in the table, and no other is named there',
  (_, flags, fields, own) => {
    const filled = new Set(Object.values(fields).flatMap((field) => field.flags?.split(' ') ?? []))
    const known = Object.keys(flags)
    expect(known.filter((flag) => !filled.has(flag) && !own.includes(flag))).toEqual([])
    expect([...filled].filter((flag) => !known.includes(flag))).toEqual([])
  },
)
