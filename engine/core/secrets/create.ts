import type { Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { randomHex } from '../../lib/random-id.ts'
import { checkSecretName, checkSecretSize, maxSecretSize } from '../../spec/secret.ts'
import { allSecrets, deleteSecret, insertSecret, type SecretRecord, timestamp } from '../../store/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { sweepFiles } from './drivers/file.ts'
import { chooseDriver, driverOf, secretFiles } from './drivers/index.ts'
import { secretEvent, withSecretsLock } from './shared.ts'

/** Creates a secret. On failure nothing is left, and one that was to be replaced is as it was. */
export const create: Verb<'secret.create'> = async (context, input, { signal }): Promise<Output<'secret.create'>> => {
  checkSecretName(input.name)
  const value = await readValue(input.body as AsyncIterable<Uint8Array>)
  checkSecretSize(value.length)
  const { secrets } = await context.conf()
  const name = input.driver || secrets.driver || 'file'
  // The options of containers.conf are those of its driver.
  const ofConf = input.driver === '' || input.driver === (secrets.driver ?? 'file') ? secrets.opts : undefined
  const { driver, options } = await chooseDriver(context, name, input.driveropts ?? ofConf ?? {})
  return withSecretsLock(context, async () => {
    const all = allSecrets(context.database)
    const before = all.find((each) => each.name === input.name)
    if (before && input.ignore) return { ID: before.id }
    if (before && !input.replace)
      throw new EngineError('SecretExists', `${input.name}: secret name in use`, { details: { name: input.name } })
    sweepFiles(secretFiles(context), new Set(all.map(({ id }) => id)))
    const secret = newSecret(input, { driver: name, options, before })
    await driver.store(secret.id, value, signal)
    try {
      await context.database.transaction(() => {
        if (before) deleteSecret(context.database, before.id)
        insertSecret(context.database, secret)
      })
    } catch (error) {
      await driver.delete(secret.id).catch(() => {})
      throw error
    }
    if (before) await forget(context, before)
    secretEvent(context, 'create', secret)
    return { ID: secret.id }
  })
}

function newSecret(
  { name, labels }: Parsed<'secret.create'>,
  { driver, options, before }: Pick<SecretRecord, 'driver' | 'options'> & { before: SecretRecord | undefined },
): SecretRecord {
  const now = timestamp()
  // 25 digits, so that no secret's id is taken for a container's.
  const id = randomHex(13).slice(0, 25)
  return { id, name, created: before?.created ?? now, updated: now, driver, options, labels: labels ?? {} }
}

/** Removes the value that was replaced. */
async function forget(context: Context, before: SecretRecord): Promise<void> {
  try {
    await (await driverOf(context, before)).delete(before.id)
  } catch (error) {
    context.log.warn('the former value of a secret was not removed', { object: before.name, reason: (error as Error).message })
  }
}

async function readValue(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    // Refused below, without reading the rest.
    if (size > maxSecretSize) break
    chunks.push(chunk)
  }
  return size > maxSecretSize ? Buffer.alloc(maxSecretSize) : Buffer.concat(chunks)
}
