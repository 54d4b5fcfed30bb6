import { Title } from '@patternfly/react-core/dist/esm/components/Title'
import type { ReactNode } from 'react'

/** The heading of a page; the page's region is labelled by it. */
export function PageTitle({ children, beside }: { children: ReactNode; beside?: ReactNode }) {
  return (
    <div className="berth-page-title">
      <Title headingLevel="h1" size="2xl" id="berth-title">
        {children}
      </Title>
      {beside}
    </div>
  )
}
