import { ClipboardCopy } from '@patternfly/react-core/dist/esm/components/ClipboardCopy'

import { _ } from '../lib/gettext.ts'

/** A text to be read and copied: an id, a digest, a name. */
export function Copyable({ text }: { text: string }) {
  return (
    <ClipboardCopy
      isReadOnly
      isCode
      variant="inline-compact"
      hoverTip={_('Copy')}
      clickTip={_('Copied')}
      className="berth-copyable"
    >
      {text}
    </ClipboardCopy>
  )
}
