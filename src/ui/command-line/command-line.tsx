import { ClipboardCopy, ClipboardCopyVariant } from '@patternfly/react-core/dist/esm/components/ClipboardCopy'
import { ExpandableSection } from '@patternfly/react-core/dist/esm/components/ExpandableSection'

import { _ } from '../../i18n/gettext.ts'

/** "Show the equivalent command line", for dialogs. */
export function CommandLine({ command }: { command: string }) {
  return (
    <ExpandableSection toggleText={_('Show the equivalent command line')} className="berth-command-line">
      <ClipboardCopy
        isReadOnly
        isCode
        isExpanded
        variant={ClipboardCopyVariant.expansion}
        hoverTip={_('Copy')}
        clickTip={_('Copied')}
        textAriaLabel={_('Command line')}
        toggleAriaLabel={_('Show all')}
      >
        {command}
      </ClipboardCopy>
    </ExpandableSection>
  )
}
