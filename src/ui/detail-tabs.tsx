import { Tab, TabContent, Tabs, TabTitleText } from '@patternfly/react-core/dist/esm/components/Tabs'
import { type ReactNode, useEffect, useId, useRef } from 'react'

import { useQuery } from '../lib/location.ts'

/** One part of what is known of an object. */
export interface DetailTab {
  key: string
  title: string
  content: ReactNode
}

interface DetailTabsProps {
  /** What the tabs are of, for those who hear the page. */
  label: string
  /** The first is shown where the address says nothing else. */
  tabs: readonly DetailTab[]
}

/** Tabs that can be linked to. Only the one that is looked at is drawn. */
export function DetailTabs({ label, tabs }: DetailTabsProps) {
  const first = tabs[0]!.key
  const [tab, setTab] = useQuery('tab', first)
  const id = useId()
  const active = tabs.some(({ key }) => key === tab) ? tab : first
  const bar = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // A link may lead to a tab that a narrow bar does not show at first.
    bar.current?.querySelector('[aria-selected=true]')?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' })
  }, [active])
  return (
    <>
      <div ref={bar}>
        <Tabs activeKey={active} onSelect={(_event, key) => setTab(String(key))} aria-label={label} className="berth-tabs">
          {tabs.map(({ key, title }) => (
            <Tab key={key} eventKey={key} title={<TabTitleText>{title}</TabTitleText>} tabContentId={`${id}-${key}`} />
          ))}
        </Tabs>
      </div>
      {tabs.map(({ key, title, content }) => (
        <TabContent
          key={key}
          id={`${id}-${key}`}
          eventKey={key}
          activeKey={active}
          hidden={key !== active}
          aria-label={title}
          className="berth-tab-content"
        >
          {key === active && content}
        </TabContent>
      ))}
    </>
  )
}
