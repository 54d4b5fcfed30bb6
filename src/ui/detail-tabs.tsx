import { Tab, TabContent, Tabs, TabTitleText } from '@patternfly/react-core/dist/esm/components/Tabs'
import { type ReactNode, useEffect, useId, useRef } from 'react'

import { useQuery } from '../hooks/route.ts'

/** One tab. */
export interface DetailTab {
  key: string
  title: string
  content: ReactNode
}

interface DetailTabsProps {
  /** The accessible label of the tab list. */
  label: string
  /** The first is the default. */
  tabs: readonly DetailTab[]
}

/** Tabs that can be linked to. Only the active one is rendered. */
export function DetailTabs({ label, tabs }: DetailTabsProps) {
  const first = tabs[0]!.key
  const [tab, setTab] = useQuery('tab', first)
  const id = useId()
  const active = tabs.some(({ key }) => key === tab) ? tab : first
  const bar = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // The active tab may be outside of a narrow tab bar, also once the window has become narrower.
    const show = () =>
      bar.current?.querySelector('[aria-selected=true]')?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' })
    show()
    window.addEventListener('resize', show)
    return () => window.removeEventListener('resize', show)
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
