import type { Verb } from '../../verb.ts'
import { openApi } from '../open-api.ts'
import type { ApiDocument } from './page.ts'

let made: string | undefined

/** The API as a page for people. Made once: it is the same as long as the process runs. */
export const apiPage: Verb<'system.apiPage'> = async (context, _input, options) => {
  if (made === undefined) {
    const { page } = await import('./page.ts')
    made = page((await openApi(context, {}, options)) as unknown as ApiDocument)
  }
  return made
}
