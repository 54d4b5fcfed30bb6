import { runSecretCommand } from '../../../adapters/secret-command.ts'
import { EngineError } from '../../../errors/index.ts'
import { maxSecretSize } from '../../../spec/secret.ts'
import type { SecretDriver } from './driver.ts'

const commands = ['delete', 'list', 'lookup', 'store'] as const

/**
 * Commands of the user's own, one for each thing to do.
 *
 * @throws EngineError `InvalidArgument`, with podman's message, where one is missing.
 */
export function shellDriver(options: Readonly<Record<string, string>>): SecretDriver {
  const missing = commands.find((name) => !options[name])
  if (missing !== undefined)
    throw new EngineError('InvalidArgument', `missing config value: the driver shell needs --driver-opts ${missing}=COMMAND`, {
      details: { option: missing },
    })
  const line = (name: (typeof commands)[number]) => options[name]!
  return {
    async store(id, value, signal) {
      await runSecretCommand({ line: line('store'), id, value, maxOutput: maxSecretSize, signal })
    },
    async lookUp(id, signal) {
      return Buffer.from(await runSecretCommand({ line: line('lookup'), id, maxOutput: maxSecretSize, signal }), 'latin1')
    },
    async delete(id, signal) {
      await runSecretCommand({ line: line('delete'), id, maxOutput: maxSecretSize, signal })
    },
  }
}
