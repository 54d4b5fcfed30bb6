import { ExpandableSection } from '@patternfly/react-core/dist/esm/components/ExpandableSection'
import { useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { _ } from '../../i18n/gettext.ts'
import { explain } from '../../i18n/problem.ts'

/** A failure in one sentence; what the program that failed says is one click away. */
export function ProblemText({ error }: { error: unknown }) {
  const [open, setOpen] = useState(false)
  const { sentence, raw } = explain(EngineError.from(error))
  if (raw === undefined) return sentence
  return (
    <>
      <span>{sentence}</span>
      <ExpandableSection
        toggleText={_('Details')}
        isExpanded={open}
        onToggle={(_event, next) => setOpen(next)}
        className="berth-problem"
      >
        {open && <code className="berth-code">{raw}</code>}
      </ExpandableSection>
    </>
  )
}
