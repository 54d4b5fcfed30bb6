import { EngineError } from '../../../engine/errors/index.ts'
import { formatMemory } from '../../i18n/format.ts'
import { _, format } from '../../i18n/gettext.ts'
import { largestInMemory } from './save-stream.ts'

/** What is said of a file that this browser would have to hold in memory. */
export const tooLargeFor = (): EngineError =>
  new EngineError(
    'TooLarge',
    format(_('The archive exceeds {size}, the limit of this browser. Save it on the host with the command line.'), {
      size: formatMemory(largestInMemory),
    }),
  )
