import { sampleFields } from '../../usage/index.ts'
import { locate } from '../containers/records/locate.ts'
import type { Verb } from '../verb.ts'
import { checkSpan } from './check-span.ts'
import { readUsage } from './read-usage.ts'

/** What was recorded for containers of this name, also before this one was made. */
export const containerUsage: Verb<'container.usage'> = async (context, { name, seconds, points }) => {
  checkSpan(seconds, points)
  const record = await locate(context, name)
  const [found] = await readUsage(context, {
    containers: [{ id: record.id, name: record.name }],
    total: false,
    seconds,
    points,
    fields: [...sampleFields],
  })
  const { step = 1, start = 0, values } = found ?? {}
  return {
    step,
    start,
    cpu: values?.cpu ?? [],
    memory: values?.memory ?? [],
    rx: values?.rx ?? [],
    tx: values?.tx ?? [],
    read: values?.read ?? [],
    write: values?.write ?? [],
  }
}
