import { ClipboardCopyButton } from '@patternfly/react-core/dist/esm/components/ClipboardCopy'
import { CodeBlock, CodeBlockAction, CodeBlockCode } from '@patternfly/react-core/dist/esm/components/CodeBlock'
import { useState } from 'react'

import { _ } from '../i18n/gettext.ts'

/** The output of inspect as JSON. */
export function InspectTab({ inspect }: { inspect: object }) {
  const [copied, setCopied] = useState(false)
  const text = JSON.stringify(inspect, null, 2)
  const copy = () => {
    void navigator.clipboard.writeText(text).then(() => setCopied(true))
  }
  return (
    <CodeBlock
      actions={
        <CodeBlockAction>
          <ClipboardCopyButton
            id="berth-inspect-copy"
            textId="berth-inspect"
            aria-label={_('Copy')}
            variant="plain"
            onClick={copy}
            onTooltipHidden={() => setCopied(false)}
          >
            {copied ? _('Copied') : _('Copy')}
          </ClipboardCopyButton>
        </CodeBlockAction>
      }
    >
      <CodeBlockCode id="berth-inspect">{text}</CodeBlockCode>
    </CodeBlock>
  )
}
