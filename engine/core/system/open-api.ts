import { openApi as describeAll } from '../../contract/openapi.ts'
import type { Verb } from '../verb.ts'
import { berthVersion } from './berth-version.ts'

type Document = Awaited<ReturnType<Verb<'system.openApi'>>>

let made: Document | undefined

/** The API as an OpenAPI document. Made once: it is the same as long as the process runs. */
export const openApi: Verb<'system.openApi'> = async () => (made ??= describeAll(berthVersion()) as Document)
