import { CodeBlock, CodeBlockCode } from '@patternfly/react-core/dist/esm/components/CodeBlock'
import { ToggleGroup, ToggleGroupItem } from '@patternfly/react-core/dist/esm/components/ToggleGroup'
import { useCallback, useState } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { _ } from '../../i18n/gettext.ts'
import type { Image } from '../../engine/live/live-data.ts'
import { useCall } from '../../hooks/use-call.ts'
import { Waiting } from './waiting.tsx'

/** The output of `image tree`. */
export function TreeTab({ image }: { image: Image }) {
  const { engine } = useEngine()
  const [above, setAbove] = useState(false)
  const ask = useCallback(
    (signal: AbortSignal) => engine['image.tree']({ name: image.Id, whatrequires: above }, { signal }),
    [engine, image.Id, above],
  )
  return (
    <>
      <ToggleGroup aria-label={_('Direction')} className="berth-tree-toggle">
        <ToggleGroupItem
          text={_('Layers of this image')}
          buttonId="tree-below"
          isSelected={!above}
          onChange={() => setAbove(false)}
        />
        <ToggleGroupItem text={_('Dependent images')} buttonId="tree-above" isSelected={above} onChange={() => setAbove(true)} />
      </ToggleGroup>
      <Waiting call={useCall(ask, image)} failed={_('Failed to read the tree')}>
        {({ Tree }) => (
          <CodeBlock>
            <CodeBlockCode className="berth-tree" tabIndex={0} aria-label={_('Tree')}>
              {Tree.trimEnd()}
            </CodeBlockCode>
          </CodeBlock>
        )}
      </Waiting>
    </>
  )
}
