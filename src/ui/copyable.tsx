import { ClipboardCopy } from '@patternfly/react-core/dist/esm/components/ClipboardCopy'

import { _ } from '../i18n/gettext.ts'

/** A text with a copy button: an ID, a digest, a name, a command. */
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
