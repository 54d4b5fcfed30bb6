import { CodeBlock, CodeBlockCode } from '@patternfly/react-core/dist/esm/components/CodeBlock'
import { ToggleGroup, ToggleGroupItem } from '@patternfly/react-core/dist/esm/components/ToggleGroup'
import { useCallback, useState } from 'react'

import { useEngine } from '../../lib/engine-context.tsx'
import { _ } from '../../lib/gettext.ts'
import type { Image } from '../../lib/live-data.ts'
import { useCall } from '../../lib/use-call.ts'
import { Waiting } from './waiting.tsx'

/** The layers of an image as a tree, and the names at each. */
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
          text={_('What it stands on')}
          buttonId="tree-below"
          isSelected={!above}
          onChange={() => setAbove(false)}
        />
        <ToggleGroupItem text={_('What stands on it')} buttonId="tree-above" isSelected={above} onChange={() => setAbove(true)} />
      </ToggleGroup>
      <Waiting call={useCall(ask, image)} failed={_('The tree cannot be drawn')}>
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
