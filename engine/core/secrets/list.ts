import { EngineError } from '../../errors/index.ts'
import { allSecrets, type SecretRecord } from '../../store/index.ts'
import { patterns } from '../filters/pattern.ts'
import type { Verb } from '../verb.ts'
import { secretAnswer } from './shared.ts'

type Test = (secret: SecretRecord) => boolean

/** What a filter's values mean: any of them must fit. */
const filters: Record<string, (values: readonly string[]) => Test | Promise<Test>> = {
  name: async (values) => {
    const names = await patterns(values, 'name')
    return ({ name }) => names.some((each) => each.test(name))
  },
  id: (values) => (secret) => values.some((value) => secret.id.includes(value)),
}

/** Lists secrets by name; of several filters all must fit. */
export const list: Verb<'secret.list'> = async ({ database }, input) => {
  const tests = await Promise.all(
    Object.entries(input.filters).map(async ([name, values]) => {
      if (Object.hasOwn(filters, name)) return filters[name]!(values)
      throw new EngineError('InvalidArgument', `invalid filter ${JSON.stringify(name)}`, { details: { filter: name } })
    }),
  )
  return allSecrets(database)
    .filter((secret) => tests.every((test) => test(secret)))
    .map(secretAnswer)
}
