import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { forEach } from '../../flags/targets.ts'
import { bool } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

export const secretRm = command({
  summary: 'Remove one or more secrets',
  usage: 'SECRET [SECRET...]',
  examples: ['berth secret rm mysecret1 mysecret2'],
  flags: {
    all: bool('a', 'Remove all secrets'),
    ignore: bool('i', 'Ignore errors when a specified secret is missing'),
  },
  async run({ args, flags, engine }) {
    if (flags.all === args.length > 0) throw new UsageError('`berth secret rm` requires one argument, or the --all flag')
    const api = await engine()
    const targets = flags.all
      ? (await api['secret.list']({})).map(({ ID }) => ({ ref: ID, shown: ID }))
      : args.map((name) => ({ ref: name, shown: name }))
    return forEach(targets, async ({ ref }) => {
      try {
        const { ID } = await api['secret.inspect']({ name: ref })
        await api['secret.remove']({ name: ID })
        return ID
      } catch (error) {
        if (flags.ignore && EngineError.is(error, 'SecretNotFound')) return undefined
        throw error
      }
    })
  },
})
