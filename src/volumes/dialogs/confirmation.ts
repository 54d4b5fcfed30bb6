import { isAnonymousVolume } from '../../engine/anonymous-volume.ts'
import { shortId } from '../../../engine/spec/name.ts'
import { _ } from '../../i18n/gettext.ts'

/** What is typed before volumes are removed with their files: the name of one, the word on the button for several. */
export function wordFor(volumes: readonly string[]): string {
  const [name = ''] = volumes
  if (volumes.length !== 1) return _('Prune')
  return isAnonymousVolume(name) ? shortId(name) : name
}
