import { constants, openAsBlob } from 'node:fs'
import { access } from 'node:fs/promises'

import { EngineError } from '../../../errors/index.ts'
import { maxSecretSize } from '../../../spec/secret.ts'
import { splitPair, parsePairs } from '../../../spec/pair.ts'
import { command } from '../../command.ts'
import { print } from '../../output/print.ts'
import { bool, text, texts, words } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { promptSecret } from '../../terminal/ask.ts'
import { fileReason } from '../../output/file-reason.ts'

export const secretCreate = command({
  summary: 'Create a new secret',
  description:
    'Create a secret. Input can be a path to a file or "-" (read from stdin). Secret drivers "file" (default), "pass", and "shell" are available.',
  usage: 'NAME FILE|-',
  examples: ['berth secret create mysecret /path/to/secret', 'printf "secretdata" | berth secret create mysecret -'],
  flags: {
    driver: text('d', 'Specify secret driver'),
    'driver-opts': words('', 'Specify driver specific options', { value: 'stringToString' }),
    env: bool('', 'Read secret data from environment variable'),
    ignore: bool('', 'If a secret with the same name exists, ignore it'),
    label: texts('l', 'Specify labels on the secret'),
    replace: bool('', 'If a secret with the same name exists, replace it'),
  },
  args: { min: 2, max: 2 },
  async run({ args, flags, engine }) {
    const [name, place] = args as [string, string]
    if (flags.ignore && flags.replace) throw new UsageError('--ignore and --replace cannot be used together')
    const value = flags.env ? fromEnvironment(place) : place === '-' ? await typed() : await fromFile(place)
    const { ID } = await (
      await engine()
    )['secret.create']({
      name,
      driver: flags.driver,
      ...(flags['driver-opts'].length > 0 ? { driveropts: driverOptions(flags['driver-opts']) } : {}),
      labels: parsePairs(flags.label, 'label'),
      replace: flags.replace,
      ignore: flags.ignore,
      body: value,
    })
    print(`${ID}\n`)
  },
})

function driverOptions(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const [name, value] = splitPair(pair)
      if (value === undefined) throw new UsageError(`${pair} must be formatted as key=value`)
      return [name, value]
    }),
  )
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}

function fromEnvironment(variable: string): AsyncIterable<Uint8Array> {
  const value = process.env[variable]
  if (value === undefined)
    throw new EngineError('InvalidArgument', `cannot create store secret data: environment variable ${variable} is not set`, {
      details: { variable },
    })
  return once(Buffer.from(value))
}

/** From standard input, where a person types without an echo. */
async function typed(): Promise<AsyncIterable<Uint8Array>> {
  if (!process.stdin.isTTY) return process.stdin
  return once(Buffer.from((await promptSecret('Enter secret: ')) ?? ''))
}

async function fromFile(file: string): Promise<AsyncIterable<Uint8Array>> {
  let blob: Blob
  try {
    await access(file, constants.R_OK)
    blob = await openAsBlob(file)
  } catch (cause) {
    const reason = fileReason(cause)
    throw new EngineError('NotFound', `open ${file}: ${reason}`, { details: { path: file }, cause })
  }
  // One byte more than is allowed says that it is too much.
  return once(new Uint8Array(await blob.slice(0, maxSecretSize + 1).arrayBuffer()))
}
